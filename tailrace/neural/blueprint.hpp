#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tailrace/neural/course.hpp"
#include "tailrace/neural/models.hpp"
#include "tailrace/problem/setup.hpp"

namespace tailrace::neural {

/// A problem in words of this folder: which model learns what. LibTorch makes it a problem.
struct Blueprint {
  Model model;
  Course course;
};

/// What crosses the border to the half of Tailrace that links LibTorch, a shared object of its own
/// (`tailrace_torch.so`) that is loaded when the first neural problem is built: it costs 0.7 s and
/// some 285 libraries, which who trains no network does not pay.
///
/// Errors  neural/no-torch when that object is not there, does not load, or belongs to another
///         build of Tailrace; model/... when the model does not fit the task; those of its files.
[[nodiscard]] problem::BuiltProblem build(const Blueprint& blueprint);

/// The same, once there is a course.
[[nodiscard]] problem::BuiltProblem build_on(const Model& model, Result<Course> course);

}  // namespace tailrace::neural
