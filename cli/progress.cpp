#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "tailrace/core/time.hpp"
#include "tailrace/report/table.hpp"

namespace tailrace::cli {
namespace {

constexpr std::chrono::milliseconds redraw_every{150};
constexpr std::chrono::seconds plain_line_every{5};
constexpr std::size_t line_max = 99;

std::string bar(double share) {
  constexpr std::size_t width = 20;
  const auto full = static_cast<std::size_t>(std::lround(share * width));
  return std::string(full, '#') + std::string(width - full, '.');
}

std::string duration_text(double seconds) {
  const long whole = std::lround(seconds);
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace

ProgressDisplay::ProgressDisplay(std::vector<std::string> names, Options options)
    : options_(options) {
  for (std::string& name : names) runs_.emplace_back().name = std::move(name);
  if (options_.shown) thread_ = std::thread([this] { work(); });
}

ProgressDisplay::~ProgressDisplay() { stop(); }

void ProgressDisplay::started(std::size_t run) {
  const std::lock_guard lock(mutex_);
  runs_[run].state = State::running;
}

void ProgressDisplay::finished(std::size_t run) {
  const std::lock_guard lock(mutex_);
  runs_[run].state = State::done;
}

void ProgressDisplay::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
  if (options_.terminal) fmt::print(stderr, "\r\x1b[K");
}

void ProgressDisplay::work() {
  std::unique_lock lock(mutex_);
  const auto pause = options_.terminal ? redraw_every : plain_line_every;
  while (!wake_.wait_for(lock, pause, [this] { return stop_; })) {
    std::string text = line();
    if (text.size() > line_max) text.resize(line_max);
    fmt::print(stderr, "{}{}{}", options_.terminal ? "\r\x1b[K" : "", text,
               options_.terminal ? "" : "\n");
    std::fflush(stderr);
  }
}

double ProgressDisplay::share() const {
  double sum = 0;
  for (const Run& run : runs_) {
    if (run.state == State::done) sum += 1;
    if (run.state == State::running) sum += run.progress.share.load(std::memory_order_relaxed);
  }
  return sum / static_cast<double>(runs_.size());
}

std::string ProgressDisplay::line() {
  std::size_t done = 0;
  std::uint64_t fresh_steps = 0;
  const Run* shown = nullptr;
  for (Run& run : runs_) {
    done += run.state == State::done ? 1 : 0;
    const std::uint64_t steps = run.progress.steps.load(std::memory_order_relaxed);
    fresh_steps += steps - std::min(run.counted, steps);
    run.counted = steps;
    if (shown == nullptr && run.state == State::running) shown = &run;
  }
  const Clock::time_point now = Clock::now();
  const double elapsed = std::chrono::duration<double>(now - looked_).count();
  if (elapsed > 0) steps_per_second_ = static_cast<double>(fresh_steps) / elapsed;
  looked_ = now;
  const double all = share();
  std::string text =
      fmt::format("[{}] {:3.0f}%  {}/{} runs", bar(all), 100 * all, done, runs_.size());
  constexpr double share_min = 0.02;  // before that, an estimate would only jump about
  if (all > share_min) {
    const double spent = std::chrono::duration<double>(now - began_).count();
    text += fmt::format("  {} left", duration_text(spent * (1 - all) / all));
  }
  text += fmt::format("  {} steps/s", report::short_number(steps_per_second_));
  if (shown != nullptr) {
    const engine::Progress& progress = shown->progress;
    const Time time{progress.time_ns.load(std::memory_order_relaxed)};
    text +=
        fmt::format("  {}: t = {} s, loss {}", shown->name, report::short_number(time.seconds()),
                    report::short_number(progress.loss.load(std::memory_order_relaxed)));
  }
  return text;
}

}  // namespace tailrace::cli
