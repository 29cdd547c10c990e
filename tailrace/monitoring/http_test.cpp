#include "tailrace/monitoring/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <cmath>
#include <set>
#include <sstream>
#include <string>

#include "tailrace/cluster/frame.hpp"
#include "tailrace/monitoring/metrics.hpp"

namespace tailrace::monitoring {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<HttpReports> start(HttpReports::Ask ask) {
  return std::move(HttpReports::start("127.0.0.1:0", std::move(ask)).value());
}

TEST(HttpReports, AreReadyWhileJobsAreGivenOutAndHealthyAlways) {
  std::atomic<bool> ready = false;
  std::atomic<bool> over = false;
  const auto reports = start([&] { return cluster::Standings{.ready = ready, .over = over}; });
  httplib::Client client("127.0.0.1", reports->port());
  const auto status = [&](const char* path) { return client.Get(path)->status; };

  EXPECT_EQ(status("/readyz"), 503);
  ready = true;
  EXPECT_EQ(status("/readyz"), 200);
  over = true;
  EXPECT_EQ(status("/readyz"), 503);

  EXPECT_EQ(status("/healthz"), 200);
  EXPECT_EQ(status("/nothing"), 404);
}

TEST(HttpReports, ShowTheMetricsOfTheMoment) {
  std::atomic<std::uint64_t> applied = 41;
  const auto reports = start([&] { return cluster::Standings{.updates_applied = applied}; });
  httplib::Client client("127.0.0.1", reports->port());

  applied = 42;
  const auto got = client.Get("/metrics");

  EXPECT_EQ(got->status, 200);
  EXPECT_THAT(got->get_header_value("Content-Type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(got->body, HasSubstr("\ntailrace_updates_applied_total 42\n"));
}

TEST(HttpReports, SayThatAPortIsTaken) {
  const auto first = start([] { return cluster::Standings(); });
  const std::string address = "127.0.0.1:" + std::to_string(first->port());

  const auto second = HttpReports::start(address, [] { return cluster::Standings(); });

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().front().code, "monitoring/cannot-listen");
  EXPECT_EQ(second.error().front().where, address);
}

TEST(HttpReports, GiveTheirPortBackWhenTheyEnd) {
  auto first = start([] { return cluster::Standings(); });
  const std::string address = std::to_string(first->port());

  first.reset();

  EXPECT_TRUE(HttpReports::start(address, [] { return cluster::Standings(); }));
}

TEST(HttpReports, RefuseWhatIsNoAddress) {
  for (const char* address :
       {"", ":", "host", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", ":1"}) {
    const auto reports = HttpReports::start(address, [] { return cluster::Standings(); });
    ASSERT_FALSE(reports) << address;
    EXPECT_EQ(reports.error().front().code, "monitoring/bad-address") << address;
  }
}

/// The name of a sample's metric: what stands before its labels or its value.
std::string metric_of(const std::string& line) { return line.substr(0, line.find_first_of("{ ")); }

TEST(MetricsText, HasHelpAndTypeInFrontOfTheSamplesOfEachMetricOnce) {
  std::istringstream lines(metrics_text({}));
  std::set<std::string> seen;
  std::string current;
  std::string type;

  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash;
    std::string kind;
    std::string name;
    if (line.starts_with("# ")) words >> hash >> kind >> name;
    if (kind == "HELP") {
      EXPECT_TRUE(seen.insert(name).second) << name << " twice";
      current = name;
      type.clear();
    } else if (kind == "TYPE") {
      EXPECT_EQ(name, current);
      words >> type;
      EXPECT_EQ(name.ends_with("_total"), type == "counter") << line;
    } else {
      EXPECT_EQ(metric_of(line), current) << line;
      EXPECT_FALSE(type.empty()) << line;
      EXPECT_TRUE(std::isfinite(std::stod(line.substr(line.rfind(' '))))) << line;
    }
  }
  EXPECT_GT(seen.size(), 20U);
}

TEST(MetricsText, CountsRefusalsAndPartingsByTheirReason) {
  cluster::Standings at;
  at.refused[5] = 7;
  at.partings[10] = 3;

  const std::string text = metrics_text(at);

  EXPECT_THAT(text, HasSubstr("tailrace_updates_refused_total{reason=\"" +
                              std::string(to_string(cluster::Refusal::norm_limit)) + "\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("tailrace_sessions_ended_total{reason=\"" +
                              std::string(to_string(cluster::Parting::other_run)) + "\"} 3\n"));
}

TEST(MetricsText, WritesALossThatIsNoNumberAsPrometheusDoes) {
  EXPECT_THAT(metrics_text({.loss = NAN}), HasSubstr("\ntailrace_loss NaN\n"));
  EXPECT_THAT(metrics_text({.loss = INFINITY}), HasSubstr("\ntailrace_loss +Inf\n"));
}

}  // namespace
}  // namespace tailrace::monitoring
