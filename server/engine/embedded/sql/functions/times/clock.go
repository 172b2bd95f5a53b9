package times

import (
	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/calendar"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// clock resolves CURRENT_TIMESTAMP and its kin: the time at which a row is
// processed, which is the same when the statement is computed again. A niladic
// one is written without parentheses.
func clock(niladic bool, t types.Type, read func(e *expr.Env) value.Value) func(
	*expr.Resolver, *expr.Function, *ast.Call,
) (*expr.Expr, error) {
	return func(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
		if len(c.Args) > 0 {
			args, err := r.Values(c.Args)
			if err != nil {
				return nil, err
			}
			return nil, expr.UnsupportedCall(c, args)
		}
		if niladic != c.Niladic {
			return nil, sqlerr.Refuse(c.Pos, "%s written this way", f.Name)
		}
		e := r.Env
		x := e.Node(c.Pos, f.Name, t, nil, func(value.Row) (value.Value, error) { return read(e), nil })
		x.Const = false
		return x, nil
	}
}

var instantType = types.Type{Root: types.TimestampLTZ, P: 3}

func instant(e *expr.Env) value.Value { return value.Stamp(e.Run.Now(), 0) }

func wallClock(e *expr.Env) value.Value { return calendar.WallClock(e.Location(), instant(e)) }

func today(e *expr.Env) value.Value { return value.Int(calendar.FloorDiv(wallClock(e).I, 86400000)) }

func timeOfDay(e *expr.Env) value.Value {
	return value.Int(calendar.FloorMod(wallClock(e).I, 86400000) / 1000 * 1000)
}

// proctime resolves PROCTIME: the time of processing as a time attribute.
func proctime(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	if len(c.Args) > 0 || c.Niladic {
		return nil, sqlerr.Refuse(c.Pos, "PROCTIME with arguments")
	}
	e := r.Env
	t := types.Type{Root: types.TimestampLTZ, P: 3, Proctime: true}
	x := e.Node(c.Pos, "PROCTIME", t, nil, func(value.Row) (value.Value, error) {
		return value.Stamp(e.Run.Now(), 0), nil
	})
	x.Const = false
	return x, nil
}

// currentWatermark resolves CURRENT_WATERMARK(rowtime): the watermark that
// came before the row, NULL before the first one.
func currentWatermark(r *expr.Resolver, f *expr.Function, c *ast.Call) (*expr.Expr, error) {
	args, err := r.Values(c.Args)
	if err != nil {
		return nil, err
	}
	marks := r.Scope.From().Watermarks
	if len(args) == 1 && (!r.Env.Streaming || !args[0].Type.Rowtime) { // only of an event time
		plain := *args[0]
		plain.Type.Rowtime = false
		return nil, expr.InvalidCall(c.Name, []*expr.Expr{&plain})
	}
	if len(args) != 1 || !r.Env.Streaming || !args[0].Type.Rowtime || args[0].Type.Root != types.Timestamp ||
		len(marks) != 1 || marks[0].Instants {
		return nil, sqlerr.Refuse(c.Pos, "this use of CURRENT_WATERMARK")
	}
	t := types.Type{Root: types.Timestamp, P: 3, Nullable: true}
	x := r.Env.Node(c.Pos, "CURRENT_WATERMARK", t, args, func(value.Row) (value.Value, error) {
		at := marks[0].At()
		if at == expr.NoWatermark {
			return value.NULL, nil
		}
		return value.Stamp(at, 0), nil
	})
	x.Const = false
	return x, nil
}
