#include "cli/guarded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace tailrace::cli {
namespace {

using ::testing::HasSubstr;

/// The error of a run that throws this.
template <class Exception>
Error error_of(const Exception& exception) {
  const Result<int> result = guarded("clip2, seed 2", [&]() -> Result<int> { throw exception; });
  return result.error().front();
}

TEST(Guarded, LetsResultsAndErrorsPass) {
  const Error none{.code = "data/none", .what = "there is none", .where = {}, .fix = {}};

  const Result<int> fine = guarded({}, []() -> Result<int> { return 3; });
  const Result<int> error = guarded({}, [&]() -> Result<int> { return fail(none); });

  EXPECT_EQ(fine, 3);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().front(), none);
}

TEST(Guarded, SaysInOneLineWhatAProblemThrew) {
  const Error error = error_of(std::runtime_error(
      "mat1 and mat2 shapes cannot be multiplied\nException raised from meta at LinearAlgebra.cpp "
      "(most recent call first):\nframe #0: c10::Error::Error(...)\n"));

  EXPECT_EQ(error.code, "problem/failed");
  EXPECT_EQ(error.what, "computing failed: mat1 and mat2 shapes cannot be multiplied");
  EXPECT_EQ(error.where, "clip2, seed 2");
}

TEST(Guarded, SaysTheReasonThatEndsAScriptsTrace) {
  const Error error = error_of(std::runtime_error(
      "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript "
      "(most recent call last):\n  File \"net.py\", line 7, in forward\n    return a @ b\n         "
      "  "
      "~~~~~ <--- HERE\nRuntimeError: shapes cannot be multiplied\n"));

  EXPECT_EQ(error.what, "computing failed: RuntimeError: shapes cannot be multiplied");
}

TEST(Guarded, CallsShortMemoryAndTheSystemsRefusalsByTheirNames) {
  const Error memory = error_of(std::bad_alloc());
  const Error system = error_of(std::system_error(EAGAIN, std::generic_category(), "a thread"));

  EXPECT_EQ(memory.code, "cli/out-of-memory");
  EXPECT_EQ(system.code, "cli/system");
  EXPECT_THAT(system.what, HasSubstr("the system refused: a thread"));
}

TEST(Guarded, MakesAnErrorOfAnythingThatIsThrown) {
  EXPECT_EQ(error_of(3).code, "problem/failed");
  EXPECT_EQ(error_of(3).what, "computing failed: it does not say why");
  EXPECT_EQ(error_of(std::runtime_error(" \n")).what, "computing failed: it does not say why");
}

}  // namespace
}  // namespace tailrace::cli
