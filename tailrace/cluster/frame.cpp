#include "tailrace/cluster/frame.hpp"
