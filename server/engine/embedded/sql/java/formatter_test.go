package java

import (
	"testing"

	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

var (
	integer = types.Of(types.Integer)
	bigint  = types.Of(types.Bigint)
	double  = types.Of(types.Double)
)

// formats are what String.format gives in Locale.US; ok is false where it throws.
var formats = []struct {
	pattern string
	of      types.Type
	v       value.Value
	want    string
	ok      bool
}{
	{"%d", integer, value.Int(-1234567), "-1234567", true},
	{"%5d|", integer, value.Int(-1234567), "-1234567|", true},
	{"%-5d|", integer, value.Int(-1234567), "-1234567|", true},
	{"%05d", integer, value.Int(-1234567), "-1234567", true},
	{"%+d", integer, value.Int(-1234567), "-1234567", true},
	{"%,d", integer, value.Int(-1234567), "-1,234,567", true},
	{"%x", integer, value.Int(-1234567), "ffed2979", true},
	{"%X", integer, value.Int(-1234567), "FFED2979", true},
	{"%o", integer, value.Int(-1234567), "37773224571", true},
	{"%08x", integer, value.Int(-1234567), "ffed2979", true},
	{"%s", integer, value.Int(-1234567), "-1234567", true},
	{"%10s|", integer, value.Int(-1234567), "  -1234567|", true},
	{"%-6s|", integer, value.Int(-1234567), "-1234567|", true},
	{"%.1s", integer, value.Int(-1234567), "-", true},
	{"%b", integer, value.Int(-1234567), "true", true},
	{"%f", integer, value.Int(-1234567), "", false},
	{"%e", integer, value.Int(-1234567), "", false},
	{"%c", integer, value.Int(-1234567), "", false},
	{"%+x", integer, value.Int(-1234567), "", false},
	{"%.2d", integer, value.Int(-1234567), "", false},
	{"%05s", integer, value.Int(-1234567), "", false},
	{"%", integer, value.Int(-1234567), "", false},
	{"%d %d", integer, value.Int(-1234567), "", false},
	{"%%", integer, value.Int(-1234567), "%", true},
	{"100%%", integer, value.Int(-1234567), "100%", true},
	{"%1$d %1$d", integer, value.Int(-1234567), "-1234567 -1234567", true},
	{"%n", integer, value.Int(-1234567), "\n", true},
	{"%z", integer, value.Int(-1234567), "", false},
	{"%d", bigint, value.Int(9223372036854775807), "9223372036854775807", true},
	{"%+d", bigint, value.Int(9223372036854775807), "+9223372036854775807", true},
	{"%,d", bigint, value.Int(9223372036854775807), "9,223,372,036,854,775,807", true},
	{"%o", bigint, value.Int(9223372036854775807), "777777777777777777777", true},
	{"%f", double, value.Float(1234567.895), "1234567.895000", true},
	{"%.2f", double, value.Float(1234567.895), "1234567.90", true},
	{"%.0f", double, value.Float(1234567.895), "1234568", true},
	{"%10.3f|", double, value.Float(1234567.895), "1234567.895|", true},
	{"%-10.1f|", double, value.Float(1234567.895), "1234567.9 |", true},
	{"%+.1f", double, value.Float(1234567.895), "+1234567.9", true},
	{"%,.2f", double, value.Float(1234567.895), "1,234,567.90", true},
	{"%010.2f", double, value.Float(1234567.895), "1234567.90", true},
	{"%e", double, value.Float(1234567.895), "1.234568e+06", true},
	{"%.3e", double, value.Float(1234567.895), "1.235e+06", true},
	{"%E", double, value.Float(1234567.895), "1.234568E+06", true},
	{"%s", double, value.Float(1234567.895), "1234567.895", true},
	{"%d", double, value.Float(1234567.895), "", false},
	{"%.0f", double, value.Float(0.5), "1", true},
	{"%.2f", double, value.Float(0.5), "0.50", true},
	{"%e", double, value.Float(0.5), "5.000000e-01", true},
	{"%.0f", double, value.Float(1.5), "2", true},
	{"%.2f", double, value.Float(1.5), "1.50", true},
	{"%e", double, value.Float(1.5), "1.500000e+00", true},
	{"%.0f", double, value.Float(2.5), "3", true},
	{"%.2f", double, value.Float(2.5), "2.50", true},
	{"%e", double, value.Float(2.5), "2.500000e+00", true},
	{"%.0f", double, value.Float(-0.125), "-0", true},
	{"%.2f", double, value.Float(-0.125), "-0.13", true},
	{"%e", double, value.Float(-0.125), "-1.250000e-01", true},
	{"%.0f", double, value.Float(1e-7), "0", true},
	{"%.2f", double, value.Float(1e-7), "0.00", true},
	{"%e", double, value.Float(1e-7), "1.000000e-07", true},
	{"%.0f", double, value.Float(1e20), "100000000000000000000", true},
	{"%.2f", double, value.Float(1e20), "100000000000000000000.00", true},
	{"%e", double, value.Float(1e20), "1.000000e+20", true},
	{"%.0f", double, value.Float(0.0), "0", true},
	{"%.2f", double, value.Float(0.0), "0.00", true},
	{"%e", double, value.Float(0.0), "0.000000e+00", true},
	{"%s", types.String, value.Text("h\u00e9llo"), "h\u00e9llo", true},
	{"%5s|", types.String, value.Text("h\u00e9llo"), "h\u00e9llo|", true},
	{"%S", types.String, value.Text("h\u00e9llo"), "H\u00c9LLO", true},
	{"%.2s", types.String, value.Text("h\u00e9llo"), "h\u00e9", true},
	{"%d", types.String, value.Text("h\u00e9llo"), "", false},
	{"%b", types.String, value.Text("h\u00e9llo"), "true", true},
	{"%f", types.String, value.Text("h\u00e9llo"), "", false},
}

func TestFormatsAreThoseOfJava(t *testing.T) {
	for _, c := range formats {
		got, ok, err := Format(c.pattern, []types.Type{c.of}, []value.Value{c.v})
		if err != nil || ok != c.ok || got != c.want && c.ok {
			t.Errorf("%s of %s: %q, %v, %v, want %q, %v", c.pattern, c.v.Text(c.of, nil), got, ok, err, c.want, c.ok)
		}
	}
}

// TestFormatsThatAreNotKnownAreRefused names what differs from Java in ways that
// are not certain.
func TestFormatsThatAreNotKnownAreRefused(t *testing.T) {
	for _, pattern := range []string{"%#x", "%(d", "% d", "%h", "%tY", "%70000d", "%.101f"} {
		of, v := integer, value.Int(1)
		if pattern == "%.101f" {
			of, v = double, value.Float(1)
		}
		if got, _, err := Format(pattern, []types.Type{of}, []value.Value{v}); err == nil {
			t.Errorf("%s gives %q, want it to be refused", pattern, got)
		}
	}
	for pattern, want := range map[string]string{"%d": "null", "%s": "null", "%b": "false", "%5s|": " null|"} {
		if got, ok, err := Format(
			pattern, []types.Type{integer}, []value.Value{value.NULL},
		); got != want || !ok || err != nil {
			t.Errorf("%s of NULL: %q, %v, %v, want %q", pattern, got, ok, err, want)
		}
	}
}
