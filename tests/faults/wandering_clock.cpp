#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

/// Loaded into a program before its libraries: the time of day jumps by hours, forth and back, a
/// few times a second. Clocks that only measure go on as ever.
namespace {

using Clock = int (*)(clockid_t, timespec*);

Clock real_clock() {
  static const auto found = reinterpret_cast<Clock>(::dlsym(RTLD_NEXT, "clock_gettime"));
  return found;
}

/// Between -5 and +5 hours; another one every 200 ms.
time_t error_of_clock() {
  timespec now{};
  real_clock()(CLOCK_MONOTONIC, &now);
  const long tick = now.tv_sec * 5 + now.tv_nsec / 200'000'000;
  return 3600 * (tick * 7 % 11 - 5);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int failed = real_clock()(clock, time);
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    time->tv_sec += error_of_clock();
  }
  return failed;
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  timespec now{};
  const int failed = clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return failed;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}
}
