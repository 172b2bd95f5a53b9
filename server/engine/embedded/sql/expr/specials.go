package expr

import (
	"fmt"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// specials are the functions with rules of their own for arguments or types.
var specials map[string]func(*Resolver, *parse.Call) (*X, error)

func init() { // specials refers to functions that refer to it
	specials = map[string]func(*Resolver, *parse.Call) (*X, error){
		"ROUND": round, "TRUNCATE": round, "FLOOR": floorCeil, "CEIL": floorCeil, "CEILING": floorCeil, "MOD": mod,
		"GREATEST": extreme, "LEAST": extreme, "COALESCE": coalesce, "IFNULL": coalesce, "NULLIF": nullif, "IF": ifCall,
		"TYPEOF": typeof, "UUID": uuid, "RAND": random, "RAND_INTEGER": randomInteger,
		"SUBSTRING": substring, "SUBSTR": substring, "TRIM": trim, "POSITION": positionCall, "OVERLAY": overlay, "EXTRACT": extractCall,
		"CONCAT": concatCall, "CONCAT_WS": concatWS, "TRANSLATE": translate, "ELT": elt, "IS_ALPHA": isCall, "IS_DIGIT": isCall, "IS_DECIMAL": isCall,
		"CURRENT_DATABASE":  current,
		"CURRENT_TIMESTAMP": clock, "NOW": clock, "CURRENT_ROW_TIMESTAMP": clock, "LOCALTIMESTAMP": clock, "CURRENT_DATE": clock,
		"CURRENT_TIME": clock, "LOCALTIME": clock, "TIMESTAMPADD": timestampCall, "TIMESTAMPDIFF": timestampCall, "SHA2": sha2, "CARDINALITY": cardinality, "ELEMENT": element,
		"REGEXP_REPLACE": regexpCall, "REGEXP_EXTRACT": regexpCall, "REGEXP": regexpCall, "REGEXP_COUNT": regexpCall,
		"REGEXP_INSTR": regexpCall, "REGEXP_SUBSTR": regexpCall, "REGEXP_EXTRACT_ALL": regexpCall, "JSON": bareJSON, "TUMBLE_START": windowEdge, "TUMBLE_END": windowEdge, "HOP_START": windowEdge, "HOP_END": windowEdge, "SESSION_START": windowEdge, "SESSION_END": windowEdge,
		"TUMBLE_ROWTIME": windowEdge, "HOP_ROWTIME": windowEdge, "SESSION_ROWTIME": windowEdge, "CURRENT_WATERMARK": currentWatermark, "GROUP_ID": groupID,
		"MAP_KEYS": mapCall, "MAP_VALUES": mapCall, "MAP_ENTRIES": mapCall, "MAP_UNION": mapCall, "MAP_FROM_ARRAYS": mapCall,
		"JSON_EXISTS": jsonPathCall, "JSON_VALUE": jsonPathCall, "JSON_QUERY": jsonPathCall, "JSON_STRING": jsonString,
		"JSON_OBJECT": jsonMake, "JSON_ARRAY": jsonMake,
		"PROCTIME": proctime, "$DIFFERENCE": difference, "PRINTF": printf,
	}
	for name := range listFns {
		specials[name] = listCall
	}
}

func count(c *parse.Call, args []*X, n int) error {
	if len(args) != n {
		return Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", strings.ToUpper(c.Name), n)
	}
	return nil
}

func mod(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 2); err != nil {
		return nil, err
	}
	if !args[0].Type.IsExact() || !args[1].Type.IsExact() {
		return nil, cannotApply(c.Pos, "MOD", "MOD("+signature(args)+")", "'MOD(<EXACT_NUMERIC>, <EXACT_NUMERIC>)'")
	}
	return r.arithmetic(c.Pos, "%", args[0], args[1])
}

func extreme(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, Refuse(c.Pos, "%s without arguments", c.Name)
	}
	for _, a := range args {
		if a.IsNull() {
			return nil, Refuse(c.Pos, "%s of NULL", c.Name)
		}
	}
	if clash(args) {
		return nil, invalidCall(c.Name, args)
	}
	args, t, err := r.unify(args)
	if err != nil {
		return nil, err
	}
	if t.Root >= types.Array {
		return nil, Refuse(c.Pos, "%s of %s", c.Name, t)
	}
	greatest := strings.EqualFold(c.Name, "GREATEST")
	return Fold(r.Env.node(c.Pos, strings.ToUpper(c.Name), t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		best := vs[0]
		for _, v := range vs[1:] {
			if cmp := value.Compare(t, v, best); cmp > 0 == greatest && cmp != 0 {
				best = v
			}
		}
		return best, nil
	}))), nil
}

func coalesce(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(c.Name, "IFNULL") {
		if err := count(c, args, 2); err != nil {
			return nil, err
		}
	}
	if len(args) == 0 {
		return nil, Refuse(c.Pos, "COALESCE without arguments")
	}
	ts := make([]types.Type, len(args))
	nullable := true
	for i, a := range args {
		ts[i] = a.Type
		nullable = nullable && (a.Type.Nullable || a.IsNull())
	}
	t, ok := types.Least(ts...)
	if !ok && !types.Clash(ts...) {
		return nil, Refuse(c.Pos, "these types together: %s", typeList(ts))
	}
	if !ok {
		return nil, &Error{Pos: c.Pos, Class: ClassValidation, Message: "SQL validation failed. Invalid function call:\n" + strings.ToUpper(c.Name) + "(" + summaries(ts) + ")"}
	}
	if t.Root == types.Null {
		return nil, Refuse(c.Pos, "%s of nothing but NULL", c.Name)
	}
	for i, a := range args {
		if args[i], err = r.coerce(a, t); err != nil {
			return nil, err
		}
	}
	return Fold(r.Env.node(c.Pos, "COALESCE", t.Null(nullable), args, func(row value.Row) (value.Value, error) {
		for _, a := range args {
			if v, err := a.Fn(row); err != nil || v.Valid {
				return v, err
			}
		}
		return value.NULL, nil
	})), nil
}

func nullif(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 2); err != nil {
		return nil, err
	}
	if args[0].IsNull() {
		return nil, Refuse(c.Pos, "NULLIF of NULL")
	}
	eq, err := r.compare(c.Pos, "=", args[0], args[1])
	if err != nil {
		return nil, err
	}
	x := args[0]
	return Fold(r.Env.node(c.Pos, "NULLIF", x.Type.Null(true), args, func(row value.Row) (value.Value, error) {
		v, err := eq.Fn(row)
		if err != nil || v.True() {
			return value.NULL, err
		}
		return x.Fn(row)
	})), nil
}

func ifCall(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 3); err != nil {
		return nil, err
	}
	a, b := args[1].Type, args[2].Type
	if args[1].IsNull() || args[2].IsNull() || args[0].IsNull() {
		return nil, Refuse(c.Pos, "IF with NULL")
	}
	if args[0].Type.Root != types.Boolean || a.IsNumeric() != b.IsNumeric() || a.IsText() != b.IsText() {
		return nil, cannotApply(c.Pos, "IF", "IF("+signature(args)+")", "'IF(<ANY_TYPE>, <NUMERIC_TYPE>, <NUMERIC_TYPE>)'")
	}
	x, err := r.chooseResult(c.Pos, args[:1], append([]*X{}, args[1:]...))
	if err == nil && x.Type.Root == types.Char && a.P != b.P {
		x.Type.Root = types.Varchar
	}
	return x, err
}

func typeof(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 || len(args) > 2 {
		return nil, Refuse(c.Pos, "TYPEOF with %d arguments", len(args))
	}
	if !args[0].Const { // where rows come from several sources Flink asks each of them
		return nil, Refuse(c.Pos, "TYPEOF of what is no constant")
	}
	text := args[0].Type.String()
	if len(args) == 1 {
		text = strings.NewReplacer("VARCHAR(2147483647)", "STRING", "VARBINARY(2147483647)", "BYTES").Replace(text)
	}
	x := r.Env.Literal(c.Pos, types.String.Null(true), value.Text(text))
	x.Lit = nil
	return x, nil
}

func current(r *Resolver, c *parse.Call) (*X, error) {
	if len(c.Args) > 0 || c.Niladic {
		return nil, Refuse(c.Pos, "this %s", strings.ToUpper(c.Name))
	}
	x := r.Env.Literal(c.Pos, types.String, value.Text(r.Env.Database))
	x.Lit = nil
	return x, nil
}

func uuid(r *Resolver, c *parse.Call) (*X, error) {
	rng := r.Env.random()
	x := r.Env.node(c.Pos, fmt.Sprintf("UUID%d", len(r.Env.sources)), types.Type{Root: types.Char, P: 36}, nil, func(value.Row) (value.Value, error) {
		hi, lo := rng.Uint64()&^0xf000|0x4000, rng.Uint64()&^(3<<62)|1<<63
		return value.Text(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)), nil
	})
	x.Const = false
	return x, nil
}

func random(r *Resolver, c *parse.Call) (*X, error) {
	if len(c.Args) > 0 {
		return nil, Refuse(c.Pos, "RAND with a seed")
	}
	rng := r.Env.random()
	x := r.Env.node(c.Pos, fmt.Sprintf("RAND%d", len(r.Env.sources)), types.Of(types.Double), nil, func(value.Row) (value.Value, error) {
		return value.Float(rng.Float64()), nil
	})
	x.Const = false
	return x, nil
}

func randomInteger(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 1 || !args[0].Type.IsInt() {
		return nil, Refuse(c.Pos, "RAND_INTEGER with these arguments")
	}
	rng := r.Env.random()
	x := r.Env.node(c.Pos, fmt.Sprintf("RAND_INTEGER%d", len(r.Env.sources)), types.Of(types.Integer).Null(args[0].Type.Nullable), args, strict(args, func(vs []value.Value) (value.Value, error) {
		if vs[0].I <= 0 {
			return value.NULL, fail("java.lang.IllegalArgumentException", "bound must be positive")
		}
		return value.Int(rng.Int64N(vs[0].I)), nil
	}))
	x.Const = false
	return x, nil
}
