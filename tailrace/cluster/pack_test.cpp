#include "tailrace/cluster/pack.hpp"
