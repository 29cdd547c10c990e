#pragma once

/// Everything a program needs to train: problems, delays, methods and engines. Experiment files and
/// run folders are apart, in tailrace/spec and tailrace/report.

#include "tailrace/catalog.hpp"
#include "tailrace/delay/workers.hpp"
#include "tailrace/engine/replay.hpp"
#include "tailrace/engine/sim/simulate.hpp"
#include "tailrace/engine/threads/run_threads.hpp"
