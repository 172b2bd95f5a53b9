package expr

import (
	"strconv"
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/cast"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Form is one way to write a function, as people read it in a completion and on
// the page of functions.
type Form struct {
	Category  string
	Signature string
	Returns   string // the type of the result; empty where it follows from the arguments
	Doc       string // a sentence
}

// Function is a built-in function of SQL. One that has neither overloads nor
// rules of its own is one of Flink's that the engine refuses, unless it belongs
// to a clause (Over, Windowing) or is a form of the language (Syntax).
type Function struct {
	Name  string // upper case
	Forms []Form // none: people are not told of it
	// Overloads are tried in their order: the first that takes the arguments
	// computes the result.
	Overloads []Overload
	// Supported are the arguments that Flink's complaint lists; nil: those of
	// the overloads.
	Supported []string
	// Signatures are what the complaint of a newer function lists in its place.
	Signatures []string
	// Unsure says that Flink's complaint is not known: wrong arguments are refused.
	Unsure bool
	// Resolve resolves a call of a function with rules of its own.
	Resolve func(r *Resolver, f *Function, c *ast.Call) (*Expr, error)
	// Over is what it gives when it is called with OVER, which it must be; nil for
	// all functions but those of windows.
	Over *OverFunction
	// Windowing is how it puts rows into windows; nil for all but those that do.
	Windowing *Windowing
	// Bare says that its name alone is a call, too, where no column has it.
	Bare bool
	// InJSON says what a call of it is as a member of JSON_OBJECT and the like.
	InJSON JSONMember
	// Syntax says that the parser or the planner knows the function by itself.
	Syntax bool
}

// JSONMember says what a call is as a member of JSON.
type JSONMember int

// What a call is as a member of JSON: a value, JSON already, or its argument,
// which is JSON already.
const (
	PlainMember JSONMember = iota
	WholeMember
	ArgumentMember
)

// Overload is a function of arguments of certain types.
type Overload struct {
	Args     []Param
	Nullable bool // the result may be NULL for arguments that are not
	Type     func(args []*Expr) types.Type
	// Eval computes the result of arguments that are not NULL; t are their types.
	Eval func(e *Env, v Args, t []types.Type) (value.Value, error)
}

// Param is what an argument may be.
type Param struct {
	Family   string // as complaints call it
	Optional bool
	Accepts  func(types.Type) bool
	// Same says that the argument must be a text where the first one is, and
	// bytes where that is bytes.
	Same bool
	// Narrow says that Flink takes more of the family than the engine does.
	Partial bool
}

// Opt is a parameter that need not be given.
func Opt(p Param) Param {
	p.Optional = true
	return p
}

// As is a parameter that complaints call otherwise.
func (p Param) As(family string) Param {
	p.Family = family
	return p
}

// What arguments may be.
var (
	Text       = Param{Family: "CHARACTER", Accepts: types.Type.IsText}
	Number     = Param{Family: "NUMERIC", Accepts: types.Type.IsNumeric}
	AnyInteger = Param{Family: "INTEGER", Accepts: types.Type.IsInt}
	Integer    = Param{Family: "INTEGER", Accepts: func(t types.Type) bool {
		return t.IsInt() && t.Root != types.Bigint
	}, Partial: true}
	PlainInt    = Param{Family: "INTEGER", Accepts: func(t types.Type) bool { return t.Root == types.Integer }}
	Datetime    = Param{Family: "DATETIME", Accepts: types.Type.IsDatetime}
	Timestamp   = Param{Family: "TIMESTAMP", Accepts: types.Type.IsTimestamp}
	Bytes       = Param{Family: "BINARY", Accepts: types.Type.IsBytes}
	TextOrBytes = Param{Family: "CHARACTER", Accepts: func(t types.Type) bool {
		return t.IsText() || t.IsBytes()
	}, Same: true}
)

// Result is the type of an overload whatever its arguments are.
func Result(t types.Type) func([]*Expr) types.Type { return func([]*Expr) types.Type { return t } }

// Types of results.
var (
	StringResult  = Result(types.String)
	IntResult     = Result(types.Of(types.Integer))
	BigintResult  = Result(types.Of(types.Bigint))
	DoubleResult  = Result(types.Of(types.Double))
	BooleanResult = Result(types.Of(types.Boolean))
	BytesResult   = Result(types.Type{Root: types.Varbinary, P: types.MaxLength})
)

// TypeOfFirst is the type of the first argument.
func TypeOfFirst(args []*Expr) types.Type { return args[0].Type }

// SameLength is a VARCHAR of the first argument's length.
func SameLength(args []*Expr) types.Type { return types.Text(args[0].Type.P) }

// Computed says whether the engine computes the function when it is called.
func (f *Function) Computed() bool { return len(f.Overloads) > 0 || f.Resolve != nil }

// Embedded says whether the engine has the function: it computes its calls, or
// the clause that the function belongs to.
func (f *Function) Embedded() bool {
	return f.Computed() || f.Over != nil || f.Windowing != nil || f.Syntax
}

// least and most are how many arguments the overloads take.
func (o *Overload) least() int {
	n := 0
	for n < len(o.Args) && !o.Args[n].Optional {
		n++
	}
	return n
}

func (f *Function) counts() (least, most int) {
	for i := range f.Overloads {
		o := &f.Overloads[i]
		if most = max(most, len(o.Args)); i == 0 || o.least() < least {
			least = o.least()
		}
	}
	return least, most
}

// takes says whether the overload takes these arguments.
func (o *Overload) takes(args []*Expr) bool {
	if len(args) < o.least() || len(args) > len(o.Args) {
		return false
	}
	for i, a := range args {
		if !o.Args[i].accepts(a, args[0]) {
			return false
		}
	}
	return true
}

func (p *Param) accepts(a, first *Expr) bool {
	return p.Accepts(a.Type) && (!p.Same || a.Type.IsText() == first.Type.IsText())
}

// WrongArguments is Flink's complaint of arguments that the function does not
// take, where it is known.
func (f *Function) WrongArguments(c *ast.Call, args []*Expr) error {
	if f.Supported == nil {
		return sqlerr.Refuse(c.Pos, "%s with these arguments", f.Name)
	}
	return CannotApply(c.Pos, f.Name, f.Name+"("+Signature(args)+")", f.supported())
}

// supported are the forms of the function as Flink's complaint lists them.
func (f *Function) supported() string {
	list := f.Supported
	if list == nil {
		for i := range f.Overloads {
			list = append(list, f.Overloads[i].families()...)
		}
	}
	forms := make([]string, len(list))
	for i, args := range list {
		forms[i] = "'" + f.Name + "(" + args + ")'"
	}
	return strings.Join(forms, "\n")
}

// families are the arguments as complaints list them: once without and once
// with each that need not be given.
func (o *Overload) families() []string {
	var list []string
	for n := o.least(); n <= len(o.Args); n++ {
		parts := make([]string, n)
		for i := range n {
			parts[i] = "<" + o.Args[i].Family + ">"
		}
		list = append(list, strings.Join(parts, ", "))
	}
	return list
}

// overloaded resolves a call of a function with overloads.
func (r *Resolver) overloaded(f *Function, c *ast.Call) (*Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	for i := range f.Overloads {
		if o := &f.Overloads[i]; o.takes(args) {
			return r.Apply(c.Pos, f.Name, o, args)
		}
	}
	return nil, r.wrongArguments(f, c, args)
}

// wrongArguments is Flink's complaint of arguments that no overload takes.
func (r *Resolver) wrongArguments(f *Function, c *ast.Call, args []*Expr) error {
	least, most := f.counts()
	wrongCount := len(args) < least || len(args) > most
	switch {
	case f.Signatures != nil && wrongCount:
		return r.NoSignature(c, args, strings.Join(f.Signatures, "\n"))
	case f.Signatures != nil:
		return InvalidCall(c.Name, args)
	case f.Unsure && wrongCount:
		return sqlerr.Refuse(c.Pos, "%s with %d arguments", f.Name, len(args))
	case f.Unsure:
		return sqlerr.Refuse(c.Pos, "%s(%s)", f.Name, Signature(args))
	case wrongCount:
		return sqlerr.Invalid(
			c.Pos, "Invalid number of arguments to function '%s'. Was expecting %s arguments", f.Name,
			strconv.Itoa(least),
		)
	}
	for i, a := range args {
		switch f.fit(i, a, args[0]) {
		case partly:
			return sqlerr.Refuse(c.Pos, "%s(%s)", f.Name, Signature(args))
		case unfit:
			return CannotApply(c.Pos, f.Name, f.Name+"("+Signature(args)+")", f.supported())
		}
	}
	return sqlerr.Refuse(c.Pos, "%s(%s)", f.Name, Signature(args))
}

// How an argument fits the parameters in its position.
type fit int

const (
	unfit  fit = iota
	partly     // Flink takes it, the engine does not
	fits1      // an overload takes it
)

func (f *Function) fit(i int, a, first *Expr) fit {
	best := unfit
	for k := range f.Overloads {
		o := &f.Overloads[k]
		switch {
		case i >= len(o.Args):
		case o.Args[i].accepts(a, first):
			return fits1
		case o.Args[i].Partial && a.Type.Root == types.Bigint:
			best = partly
		}
	}
	return best
}

// Apply computes an overload of arguments that it takes.
func (r *Resolver) Apply(pos ast.Pos, name string, o *Overload, args []*Expr) (*Expr, error) {
	ts := TypesOf(args)
	nullable := o.Nullable
	for _, t := range ts {
		nullable = nullable || t.Nullable
	}
	t := o.Type(args)
	x := r.Env.node(pos, name, t.Null(nullable), args, Strict(args, func(vs Args) (value.Value, error) {
		return o.Eval(r.Env, vs, ts)
	}))
	if x.Const && t.Root == types.Char {
		x.Eval = padded(x.Eval, t)
	}
	x.Eval = r.Env.folded(x)
	return &x, nil
}

// padded fills a CHAR to its length.
func padded(fn Fn, t types.Type) Fn {
	return func(row value.Row) (value.Value, error) {
		v, err := fn(row)
		if v.Valid {
			v.S = cast.FitText(v.S, t)
		}
		return v, err
	}
}
