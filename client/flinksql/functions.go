package flinksql

import (
	"strings"
	"sync"
)

// Function is one of Flink's built-in functions, as a completion shows it. A
// name with several forms has an entry for each.
type Function struct {
	Name      string // upper case
	Category  string
	Signature string
	Returns   string // the type of the result; empty where it follows from the arguments
	Doc       string // a sentence
}

// Bare says whether the function is called without parentheses.
func (f Function) Bare() bool { return !strings.Contains(f.Signature, "(") }

// Functions are the built-in functions of Flink 2.2. What the embedded engine
// computes is among them.
var Functions = functions

// FunctionsNamed gives all forms of a function; its name may be in any case.
func FunctionsNamed(name string) []Function { return byName()[strings.ToUpper(name)] }

// FunctionsWithPrefix gives the functions whose names begin so, in any case,
// in the order of Functions: what a completion offers.
func FunctionsWithPrefix(prefix string) []Function {
	prefix = strings.ToUpper(prefix)
	var out []Function
	for _, f := range Functions {
		if strings.HasPrefix(f.Name, prefix) {
			out = append(out, f)
		}
	}
	return out
}

var byName = sync.OnceValue(func() map[string][]Function {
	all := map[string][]Function{}
	for _, f := range Functions {
		all[f.Name] = append(all[f.Name], f)
	}
	return all
})
