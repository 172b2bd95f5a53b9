package java

import "regexp"

var DoubleText = regexp.MustCompile(
	`^[\x00-\x20]*[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?)[\x00-\x20]*$`,
)
