#pragma once

#include "tailrace/core/field.hpp"
#include "tailrace/delay/exponential.hpp"
#include "tailrace/delay/fadas.hpp"
#include "tailrace/delay/fixed.hpp"
#include "tailrace/delay/gamma.hpp"
#include "tailrace/delay/half_normal.hpp"
#include "tailrace/delay/lognormal.hpp"
#include "tailrace/delay/normal.hpp"
#include "tailrace/delay/pareto.hpp"
#include "tailrace/delay/poisson.hpp"
#include "tailrace/delay/speed.hpp"
#include "tailrace/delay/trace.hpp"
#include "tailrace/delay/uniform.hpp"
#include "tailrace/delay/weibull.hpp"

namespace tailrace::delay {

/// Every delay model an experiment file can name. The first is the default, the others are in
/// alphabetical order; adding one is adding one line.
using DelayModels = TypeList<Fixed, Exponential, Fadas, Gamma, HalfNormal, Lognormal, Normal,
                             Pareto, Poisson, Trace, Uniform, Weibull>;

/// Every speed model, likewise.
using SpeedModels = TypeList<EqualSpeeds, SpeedClasses, LinearSpeeds, ListedSpeeds, PowerSpeeds,
                             SquareRootSpeeds, TwoSpeeds>;

}  // namespace tailrace::delay
