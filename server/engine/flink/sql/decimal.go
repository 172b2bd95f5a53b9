package sql

import (
	"math/big"
	"strings"
)

// scaled writes a decimal of the gateway's JSON, which has lost its zeros and
// may have an exponent, with the digits of its type.
func scaled(s string, scale int) string {
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "/") {
		return s
	}
	return r.FloatString(scale)
}
