package expr

import (
	"slices"
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// specials are the functions with rules of their own for arguments or types.
var specials map[string]func(*Resolver, *parse.Call) (*X, error)

func init() { // specials refers to functions that refer to it
	specials = map[string]func(*Resolver, *parse.Call) (*X, error){
		"ROUND": round, "TRUNCATE": round, "FLOOR": floorCeil, "CEIL": floorCeil, "CEILING": floorCeil, "MOD": mod,
		"GREATEST": extreme, "LEAST": extreme, "COALESCE": coalesce, "IFNULL": coalesce, "NULLIF": nullif, "IF": ifCall,
		"TYPEOF": typeof, "UUID": uuid, "RAND": random, "RAND_INTEGER": randomInteger,
		"SUBSTRING": substring, "SUBSTR": substring, "TRIM": trim, "POSITION": positionCall, "OVERLAY": overlay, "EXTRACT": extractCall,
		"CONCAT": concatCall, "CONCAT_WS": concatWS, "TRANSLATE": translate, "TRANSLATE3": translate, "ELT": elt, "IS_ALPHA": isCall, "IS_DIGIT": isCall, "IS_DECIMAL": isCall,
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
		return sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", strings.ToUpper(c.Name), n)
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
	name := strings.ToUpper(c.Name)
	if len(args) == 0 {
		return nil, r.noSignature(c, args, name+"(<COMPARABLE>...)")
	}
	if clash(args) {
		return nil, invalidCall(c.Name, args)
	}
	nulls := slices.ContainsFunc(args, (*X).IsNull)
	args, t, err := r.unify(args, types.Common)
	switch {
	case err != nil:
		return nil, err
	case t.Root == types.Null:
		return nil, invalidCall(c.Name, args)
	case nulls && t.IsNumeric():
		return nil, &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassTable, Message: "Unsupported casting from NULL to " + t.Null(true).String() + "."}
	case nulls:
		return nil, sqlerr.Refuse(c.Pos, "%s of NULL", c.Name)
	}
	if t.Root >= types.Array {
		return nil, sqlerr.Refuse(c.Pos, "%s of %s", c.Name, t)
	}
	greatest := strings.EqualFold(c.Name, "GREATEST")
	return Fold(r.Env.node(c.Pos, name, t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		best := vs[0]
		for _, v := range vs[1:] {
			if cmp := value.Compare(t, v, best); cmp > 0 == greatest && cmp != 0 {
				best = v
			}
		}
		return best, nil
	}))), nil
}

// writtenFloats says whether a FLOAT of VALUES becomes a DOUBLE: planning does
// that in a way of its own for some of them.
func (r *Resolver) writtenFloats(t types.Type, args []*X) bool {
	return r.Env.Written && t.Root == types.Double && slices.ContainsFunc(args, func(x *X) bool { return x.Type.Root == types.Float && !x.Const })
}

func coalesce(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	ifNull := strings.EqualFold(c.Name, "IFNULL")
	switch {
	case ifNull && len(args) != 2:
		return nil, r.noSignature(c, args, "IFNULL(input <COMMON>, null_replacement <COMMON>)")
	case len(args) == 0:
		return nil, r.noSignature(c, args, "COALESCE(<COMMON>, <COMMON>...)")
	}
	ts := make([]types.Type, len(args))
	nullable := true
	for i, a := range args {
		ts[i] = a.Type
		nullable = nullable && (a.Type.Nullable || a.IsNull())
	}
	t, ok := types.Common(ts...)
	if !ok && !types.Clash(ts...) {
		return nil, sqlerr.Refuse(c.Pos, "these types together: %s", typeList(ts))
	}
	if !ok {
		return nil, &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassValidation, Validated: 1, Message: "Invalid function call:\n" + strings.ToUpper(c.Name) + "(" + summaries(ts) + ")"}
	}
	if t.Root == types.Null {
		return nil, sqlerr.Invalid(args[0].Pos, "Illegal use of 'NULL'")
	}
	if r.writtenFloats(t, args) {
		return nil, sqlerr.Refuse(c.Pos, "FLOAT of VALUES as DOUBLE")
	}
	if ifNull && !args[0].IsNull() && !args[0].Type.Nullable {
		return args[0], nil
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
		return nil, sqlerr.Invalid(c.Pos, "ELSE clause or at least one THEN clause must be non-NULL")
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
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if err := count(c, args, 3); err != nil {
		return nil, err
	}
	a, b := args[1].Type, args[2].Type
	if args[0].Type.Root != types.Boolean || a.IsNumeric() != b.IsNumeric() || a.IsText() != b.IsText() {
		return nil, cannotApply(c.Pos, "IF", "IF("+signature(args)+")", "'IF(<ANY_TYPE>, <NUMERIC_TYPE>, <NUMERIC_TYPE>)'")
	}
	x, err := r.chooseResult(c.Pos, args[:1], append([]*X{}, args[1:]...))
	if err == nil {
		x.Type.Nullable = x.Type.Nullable || args[0].Type.Nullable
	}
	return x, err
}

func typeof(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.list(c.Args)
	if err != nil {
		return nil, err
	}
	switch {
	case len(args) == 0 || len(args) > 2:
		return nil, r.noSignature(c, args, "TYPEOF(input <ANY>)\nTYPEOF(input <ANY>, force_serializable [<BOOLEAN> & <LITERAL NOT NULL>])")
	case len(args) == 2 && (args[1].Type.Root != types.Boolean || args[1].Lit == nil):
		return nil, invalidCall(c.Name, args)
	case args[0].Type.Proctime:
		return nil, &sqlerr.Error{Pos: c.Pos, Class: sqlerr.ClassTable, Message: "Mismatch of function's argument data type 'TIMESTAMP_LTZ(3) NOT NULL' and actual argument type 'TIMESTAMP_LTZ(3)'."}
	}
	if !args[0].Const && r.Env.MixedRows {
		return nil, sqlerr.Refuse(c.Pos, "TYPEOF of rows of VALUES of several types")
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
		return nil, sqlerr.Refuse(c.Pos, "this %s", strings.ToUpper(c.Name))
	}
	x := r.Env.Literal(c.Pos, types.String, value.Text(r.Env.Database))
	x.Lit = nil
	return x, nil
}
