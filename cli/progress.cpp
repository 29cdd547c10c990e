#include "cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

#include "cli/console.hpp"
#include "tailrace/core/time.hpp"

namespace tailrace::cli {
namespace {

constexpr std::chrono::milliseconds redraw_every{150};
constexpr std::chrono::seconds plain_line_every{5};
constexpr std::size_t columns_default = 80;

/// How many characters fit on a line of the terminal; one less, as some break a full line.
std::size_t columns_of_terminal() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return (known ? size.ws_col : columns_default) - 1;
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
  if (options_.terminal) tell("\r\x1b[K");
}

void ProgressDisplay::work() {
  std::unique_lock lock(mutex_);
  const auto pause = options_.terminal ? redraw_every : plain_line_every;
  while (!wake_.wait_for(lock, pause, [this] { return stop_; })) {
    const std::size_t columns =
        options_.terminal ? columns_of_terminal() : std::numeric_limits<std::size_t>::max();
    const std::string text = to_text(line(), columns);
    tell(fmt::format("{}{}{}", options_.terminal ? "\r\x1b[K" : "", text,
                     options_.terminal ? "" : "\n"));
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

ProgressLine ProgressDisplay::line() {
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
  ProgressLine line{.share = share(),
                    .done = done,
                    .runs = runs_.size(),
                    .seconds_left = {},
                    .steps_per_second = steps_per_second_,
                    .unit = options_.unit,
                    .shown = {}};
  constexpr double share_min = 0.02;  // before that, an estimate would only jump about
  if (line.share > share_min) {
    const double spent = std::chrono::duration<double>(now - began_).count();
    line.seconds_left = spent * (1 - line.share) / line.share;
  }
  if (shown != nullptr) {
    const engine::Progress& progress = shown->progress;
    line.shown = {.name = shown->name,
                  .time = Time{progress.time_ns.load(std::memory_order_relaxed)},
                  .loss = progress.loss.load(std::memory_order_relaxed)};
  }
  return line;
}

}  // namespace tailrace::cli
