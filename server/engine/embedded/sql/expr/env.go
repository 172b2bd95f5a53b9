package expr

import "math"

// NoWatermark is before the first one.
const NoWatermark = math.MinInt64
