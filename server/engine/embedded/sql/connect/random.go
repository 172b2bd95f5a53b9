package connect

import (
	"math"
	"strconv"

	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

var intRange = map[types.Root][2]int64{
	types.Tinyint: {math.MinInt8, math.MaxInt8}, types.Smallint: {math.MinInt16, math.MaxInt16},
	types.Integer: {math.MinInt32, math.MaxInt32}, types.Bigint: {math.MinInt64, math.MaxInt64},
}

func random(o options, prefix, name string, t types.Type) (maker, error) {
	switch {
	case t.IsInt():
		low, high, err := bounds(o, prefix, intRange[t.Root])
		return func(d *Random, _ Run, _ int64) (value.Value, bool) { return value.Int(d.Between(low, high)), true }, err
	case t.IsApprox() || t.Root == types.Decimal:
		return randomReal(o, prefix, t)
	case t.IsText() || t.IsBytes():
		return randomText(o, prefix, t)
	case t.IsDatetime():
		past, err := duration(o, prefix+"max-past")
		return func(d *Random, run Run, _ int64) (value.Value, bool) {
			at := run.Now() - d.Between(0, past)
			if t.Root == types.Date {
				return value.Int(floorDiv(at, 86400000)), true
			}
			if t.Root == types.Time {
				return value.Int((at%86400000 + 86400000) % 86400000 / 1000 * 1000), true
			}
			return value.Stamp(at, 0), true
		}, err
	case t.Root == types.Boolean:
		return func(d *Random, _ Run, _ int64) (value.Value, bool) { return value.Bool(d.Next()&1 == 0), true }, nil
	}
	return randomNested(o, prefix, name, t)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func bounds(o options, prefix string, all [2]int64) (low, high int64, err error) {
	low, high = all[0], all[1]
	if n, ok, err := o.number(prefix + "min"); err != nil {
		return 0, 0, err
	} else if ok {
		low = n
	}
	if n, ok, err := o.number(prefix + "max"); err != nil {
		return 0, 0, err
	} else if ok {
		high = n
	}
	if low > high {
		return 0, 0, invalid("min bound must be less than or equal to max bound")
	}
	return low, high, nil
}

func randomReal(o options, prefix string, t types.Type) (maker, error) {
	low, high := 0.0, math.MaxFloat32
	if t.Root == types.Double {
		high = math.MaxFloat64
	}
	if t.Root == types.Decimal {
		low, high = -math.Pow10(t.P-t.S), math.Pow10(t.P-t.S)
	}
	for key, at := range map[string]*float64{"min": &low, "max": &high} {
		if text, ok := o.get(prefix + key); ok {
			f, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, invalid("Invalid value for option '%s%s'.", prefix, key)
			}
			*at = f
		}
	}
	return func(d *Random, _ Run, _ int64) (value.Value, bool) {
		f := low + d.Float()*(high-low)
		if t.Root != types.Decimal {
			if t.Root == types.Float {
				f = float64(float32(f))
			}
			return value.Float(f), true
		}
		v, err := decimalFrom(strconv.FormatFloat(f, 'f', t.S, 64), t)
		return v, err == nil
	}, nil
}

func randomText(o options, prefix string, t types.Type) (maker, error) {
	length := int64(100)
	if t.P < types.MaxLength {
		length = int64(t.P)
	}
	if n, ok, err := o.number(prefix + "length"); err != nil {
		return nil, err
	} else if ok {
		if n > int64(t.P) {
			return nil, invalid(
				"Custom length '%d' for variable-length type (CHAR/VARCHAR/STRING/BINARY/VARBINARY/BYTES) field is greater "+
					"than the declared one.",
				n,
			)
		}
		length = n
	}
	if _, ok := o.get(prefix + "var-len"); ok {
		return nil, &errOutside{prefix + "var-len"}
	}
	if length > 1<<20 {
		return nil, &errOutside{"texts longer than 1,048,576 characters"}
	}
	return func(d *Random, _ Run, _ int64) (value.Value, bool) { return value.Text(d.Hex(int(length))), true }, nil
}

func randomNested(o options, prefix, name string, t types.Type) (maker, error) {
	switch t.Root {
	case types.Array, types.Map, types.Multiset:
		return randomCollection(o, prefix, name, t)
	case types.Row:
		var parts []maker
		for _, f := range t.Fields {
			m, err := makerOf(o, name+"."+f.Name, f.Type)
			if err != nil {
				return nil, err
			}
			parts = append(parts, m)
		}
		return func(d *Random, run Run, i int64) (value.Value, bool) {
			items := make([]value.Value, len(parts))
			for k, m := range parts {
				items[k], _ = m(d, run, i)
			}
			return value.List(items), true
		}, nil
	}
	return nil, invalid("Unsupported type: %s", t)
}

func randomCollection(o options, prefix, name string, t types.Type) (maker, error) {
	length := int64(3)
	if n, ok, err := o.number(prefix + "length"); err != nil {
		return nil, err
	} else if ok {
		length = min(n, 1000)
	}
	elem, err := makerOf(o, name+".element", *t.Elem)
	if t.Root == types.Multiset {
		count := elem
		return func(d *Random, run Run, i int64) (value.Value, bool) {
			v, _ := count(d, run, i)
			return value.Value{Valid: true, R: []value.Entry{{Key: v, Value: value.Int(1)}}}, true
		}, err
	}
	if t.Root == types.Array {
		return func(d *Random, run Run, i int64) (value.Value, bool) {
			items := make([]value.Value, length)
			for k := range items {
				items[k], _ = elem(d, run, i)
			}
			return value.List(items), true
		}, err
	}
	if err != nil {
		return nil, err
	}
	key, err := makerOf(o, name+".key", *t.Key)
	return func(d *Random, run Run, i int64) (value.Value, bool) {
		k, _ := key(d, run, i)
		v, _ := elem(d, run, i)
		return value.Value{Valid: true, R: []value.Entry{{Key: k, Value: v}}}, true
	}, err
}

// duration reads a number of milliseconds, or a number with a unit.
func duration(o options, key string) (int64, error) {
	text, ok := o.get(key)
	if !ok {
		return 0, nil
	}
	ms, ok := Millis(text)
	if !ok {
		return 0, invalid("Invalid value for option '%s'.", key)
	}
	return ms, nil
}
