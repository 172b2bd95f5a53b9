package expr

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func abs(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
	switch {
	case t[0].IsApprox():
		return value.Float(math.Abs(v[0].F())), nil
	case t[0].Root == types.Decimal:
		d := *v[0].D()
		d.Negative = false
		return value.Dec(&d), nil
	case v[0].I < 0:
		return value.Int(numeric.WrapInt(-v[0].I, t[0].Root)), nil
	}
	return v[0], nil
}

func sign(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
	switch {
	case t[0].IsApprox():
		f := v[0].F()
		if f != 0 && !math.IsNaN(f) {
			f = math.Copysign(1, f)
		}
		return value.Float(f), nil
	case t[0].Root == types.Decimal:
		return numeric.ToScale(apd.New(int64(v[0].D().Sign()), 0), t[0].P, t[0].S), nil
	}
	return value.Int(int64(numeric.AsDecimal(v[0], t[0]).Sign())), nil
}

func bin(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	return value.Text(strconv.FormatUint(uint64(v[0].I), 2)), nil
}

func hexOf(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
	if t[0].IsText() {
		return value.Text(strings.ToUpper(hex.EncodeToString([]byte(v[0].S)))), nil
	}
	return value.Text(strings.ToUpper(strconv.FormatUint(uint64(v[0].I), 16))), nil
}

func unhex(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	s := v[0].S
	if len(s)%2 != 0 { // Flink looks at a lone first digit, and takes 0 for it
		if strings.Trim(s[:1], "0123456789abcdefABCDEF") != "" {
			return value.NULL, nil
		}
		s = "00" + s[1:]
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return value.NULL, nil
	}
	return value.Text(string(b)), nil
}

// round resolves ROUND and TRUNCATE.
func round(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) < 1 || len(args) > 2 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", name)
	}
	if !args[0].Type.IsNumeric() || len(args) == 2 && !args[1].Type.IsInt() {
		return nil, cannotApply(c.Pos, name, name+"("+signature(args)+")", "'"+name+"(<NUMERIC>, <INTEGER>)'")
	}
	places := 0
	if len(args) == 2 {
		if args[1].Lit == nil || !args[1].Lit.Valid || args[1].Lit.I > 100 || args[1].Lit.I < -100 {
			return nil, sqlerr.Refuse(c.Pos, "%s to a computed number of digits", name)
		}
		places = int(args[1].Lit.I)
	}
	x := args[0]
	t := x.Type
	if t.Root == types.Decimal {
		t = types.Round(t, places)
	}
	if t.Root == types.Float {
		return nil, sqlerr.Refuse(c.Pos, "%s of %s", name, t)
	}
	mode := apd.RoundHalfUp
	if name == "TRUNCATE" {
		mode = apd.RoundDown
	}
	return Fold(r.Env.node(c.Pos, name, t, args, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil || !v.Valid {
			return value.NULL, err
		}
		return numeric.Round(v, x.Type, t, places, mode)
	})), nil
}

// floorCeil resolves FLOOR and CEIL of numbers; those of times are in times.
func floorCeil(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	if len(c.Args) == 2 {
		if unit, ok := c.Args[1].(*parse.Symbol); ok {
			return r.floorTime(c, name, unit)
		}
	}
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 1 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting 1 arguments", name)
	}
	x := args[0]
	if !x.Type.IsNumeric() {
		return nil, cannotApply(c.Pos, name, name+"("+signature(args)+")", "'"+name+"(<NUMERIC>)'")
	}
	t := x.Type
	mode, float := apd.RoundFloor, math.Floor
	if name != "FLOOR" {
		mode, float = apd.RoundCeiling, math.Ceil
	}
	if t.Root == types.Decimal {
		t = types.Dec(t.P, 0).Null(t.Nullable)
	}
	return Fold(r.Env.node(c.Pos, name, t, args, func(row value.Row) (value.Value, error) {
		v, err := x.Fn(row)
		if err != nil || !v.Valid || t.IsInt() {
			return v, err
		}
		if t.IsApprox() {
			return value.Float(float(v.F())), nil
		}
		return numeric.Round(v, x.Type, t, 0, mode)
	})), nil
}
