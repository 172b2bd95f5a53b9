package java

import "strings"

// URLEscapes are the characters that Java escapes otherwise.
var URLEscapes = strings.NewReplacer("%2A", "*", "~", "%7E")
