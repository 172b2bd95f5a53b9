package results_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/keymap"
	"drey/themes"
	"drey/ui/disk"
	"drey/views"
	"drey/views/results"
	"drey/views/results/rowset"
)

func columns(types ...string) []statement.Column {
	var out []statement.Column
	for _, t := range types {
		name, kind, _ := strings.Cut(t, " ")
		out = append(out, statement.Column{Name: name, Type: statement.DataType{Type: kind}})
	}
	return out
}

func traits(key []int, types ...string) *statement.Traits {
	return &statement.Traits{Key: key, Columns: columns(types...)}
}

// changes reads lines such as "+I a 1".
func changes(lines ...string) []statement.Row {
	ops := map[string]statement.Op{
		"+I": statement.Insert, "-U": statement.UpdateBefore, "+U": statement.UpdateAfter, "-D": statement.Delete,
	}
	var rows []statement.Row
	for _, line := range lines {
		words := strings.Fields(line)
		row := statement.Row{Op: ops[words[0]]}
		for _, w := range words[1:] {
			raw, _ := json.Marshal(w)
			if w == "null" {
				raw = []byte("null")
			}
			row.Cells = append(row.Cells, raw)
		}
		rows = append(rows, row)
	}
	return rows
}

// bench is a pane whose commands run at once.
type bench struct {
	*results.Pane
	t    testing.TB
	log  *rowset.Log
	home string
	said []tea.Msg // what went to others
}

func newBench(t testing.TB, log *rowset.Log) *bench {
	t.Helper()
	theme, _ := themes.New(themes.Options{})
	home := t.TempDir()
	env := &views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}
	b := &bench{Pane: results.New(env, disk.NewFiles(filepath.Join(home, "cache"), home)), t: t, log: log, home: home}
	t.Cleanup(b.Close)
	b.SetSize(80, 20)
	b.SetFocus(true)
	b.Show(log)
	return b
}

func (b *bench) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := views.Run(cmd).(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			b.run(c)
		}
	case views.Answer:
		if b.Accept(msg) {
			b.run(b.Update(msg.Msg.(results.Msg)))
		}
	default:
		b.said = append(b.said, msg)
	}
}

func (b *bench) add(rows ...statement.Row) {
	b.log.Add(b.log.Pack(rows))
	b.run(b.Grown())
}

func (b *bench) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		cmd, handled := b.Key(keymap.Message(k))
		if !handled {
			b.t.Fatalf("%s means nothing", k)
		}
		b.run(cmd)
	}
}

func (b *bench) write(text string) {
	b.t.Helper()
	for _, r := range text {
		b.press(string(r))
	}
}

func (b *bench) want(text string) {
	b.t.Helper()
	if got := b.Text(); got != text {
		b.t.Errorf("got %q, want %q", got, text)
	}
}

func (b *bench) screen() string { return strings.Join(b.Lines(time.Now()), "\n") }

func TestTableFollowsTheChangelog(t *testing.T) {
	for _, tc := range []struct {
		name    string
		key     []int
		changes []string
		want    string
	}{
		{"inserts keep duplicates", nil, []string{"+I a 1", "+I a 1"}, "a 1, a 1"},
		{"an update keeps its place", nil, []string{"+I a 1", "+I b 1", "-U a 1", "+U a 2"}, "a 2, b 1"},
		{"a lone +U appends", nil, []string{"+I a 1", "+U b 2"}, "a 1, b 2"},
		{"a lone -U removes", nil, []string{"+I a 1", "-U a 1", "+I b 1"}, "b 1"},
		{"delete takes the last equal row", nil, []string{"+I a 1", "+I b 1", "+I a 1", "-D a 1"}, "a 1, b 1"},
		{"delete without a match is ignored", nil, []string{"+I a 1", "-D x 9"}, "a 1"},
		{"null is not the word NULL", nil, []string{"+I a null", "+I a NULL", "-D a NULL"}, "a NULL"},
		{"upsert replaces by key", []int{0}, []string{"+I a 1", "+I b 1", "+U a 2"}, "a 2, b 1"},
		{"upsert ignores -U", []int{0}, []string{"+I a 1", "-U a 1"}, "a 1"},
		{"upsert deletes by key", []int{0}, []string{"+I a 1", "+U a 2", "-D a 7"}, ""},
		{"upsert appends what is new", []int{0}, []string{"+U a 1"}, "a 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t, rowset.NewLog(traits(tc.key, "k VARCHAR", "v VARCHAR"), false))
			b.add(changes(tc.changes...)...)
			b.want(tc.want)
			b.press("M")
			if got := b.Len(); got != len(tc.changes) {
				t.Errorf("the changelog has %d, want %d", got, len(tc.changes))
			}
		})
	}
}

func TestRowsThatDoNotFitTheSchemaAreCounted(t *testing.T) {
	b := newBench(t, rowset.NewLog(traits(nil, "k VARCHAR", "v VARCHAR"), false))
	b.add(changes("+I a", "+I a 1", "+I a 1 2")...)
	b.want("a 1")
	if got := strings.Join(b.Counts(), " "); !strings.Contains(got, "2 rows not of the schema") {
		t.Errorf("got %q", got)
	}
}

// TestEveryMomentIsWhatItWas compares the table at each change with one that was
// made of the changes until then alone.
func TestEveryMomentIsWhatItWas(t *testing.T) {
	for _, key := range [][]int{nil, {0}} {
		random := rand.New(rand.NewPCG(1, 2))
		var rows []statement.Row
		for range 300 {
			op := []string{"+I", "-U", "+U", "-D"}[random.IntN(4)]
			rows = append(rows, changes(fmt.Sprintf("%s k%d %d", op, random.IntN(6), random.IntN(3)))...)
		}
		var was []string
		for n := range len(rows) + 1 {
			b := newBench(t, rowset.NewLog(traits(key, "k VARCHAR", "v VARCHAR"), false))
			b.add(rows[:n]...)
			was = append(was, b.Text())
		}
		b := newBench(t, rowset.NewLog(traits(key, "k VARCHAR", "v VARCHAR"), false))
		b.add(rows...)
		for _, n := range random.Perm(len(rows)) {
			b.press("t")
			b.write(fmt.Sprint(n))
			b.press("enter")
			b.want(was[n])
		}
		b.add(changes("+I later 1")...)
		b.press(
			">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">", ">",
			">",
		)
		if got := b.Text(); !strings.HasSuffix(got, "later 1") {
			t.Errorf("the end is not now: %q", got)
		}
	}
}

func TestSortingKnowsNumbersAndPutsNullLast(t *testing.T) {
	b := newBench(t, rowset.NewLog(traits(nil, "n DECIMAL", "s VARCHAR"), false))
	b.add(changes(
		"+I 10 b", "+I 9 a", "+I null c", "+I -1.5 d", "+I 12345678901234567891 e", "+I 12345678901234567890 f",
	)...)
	b.press("o")
	b.want("-1.5 d, 9 a, 10 b, 12345678901234567890 f, 12345678901234567891 e, NULL c")
	b.press("O")
	b.want("12345678901234567891 e, 12345678901234567890 f, 10 b, 9 a, -1.5 d, NULL c")
	b.press("O")
	b.want("10 b, 9 a, NULL c, -1.5 d, 12345678901234567891 e, 12345678901234567890 f")
	b.press("l", "o")
	b.want("9 a, 10 b, NULL c, -1.5 d, 12345678901234567891 e, 12345678901234567890 f")
}

func TestFilterAndSearch(t *testing.T) {
	log := rowset.NewLog(traits(nil, "n INTEGER", "s VARCHAR"), false)
	b := newBench(t, log)
	b.add(changes("+I 1 Apple", "+I 20 pear", "+I 3 ÄPFEL", "+I null grape")...)
	for filter, want := range map[string]string{
		"apple": "1 Apple", "äpfel": "3 ÄPFEL", "!a": "3 ÄPFEL", "n>2": "20 pear, 3 ÄPFEL", "n<20": "1 Apple, 3 ÄPFEL",
		"n=3": "3 ÄPFEL", "s:ap": "1 Apple, NULL grape", "n:null": "NULL grape",
		"pear|grape": "20 pear, NULL grape", "~gp": "NULL grape", "n=9": "",
	} {
		b.press("&")
		b.press("ctrl+u")
		b.write(filter)
		b.press("enter")
		if got := b.Text(); got != want {
			t.Errorf("%s: got %q, want %q", filter, got, want)
		}
	}
	if _, had := b.Escape(); !had {
		t.Error("there was no filter to give up")
	}
	b.press("g", "/")
	b.write("ap")
	b.press("enter", "n")
	if got := b.screen(); !strings.Contains(got, "2 of 2 rows") {
		t.Errorf("got\n%s", got)
	}
}

func TestARefreshLeavesTheCursorOnItsRow(t *testing.T) {
	b := newBench(t, rowset.NewLog(traits([]int{0}, "k VARCHAR", "v VARCHAR"), false))
	for i := range 100 {
		b.add(changes(fmt.Sprintf("+I k%03d 0", i))...)
	}
	for range 50 {
		b.press("j")
	}
	before := b.screen()
	b.add(changes("+I k999 0", "-D k003 0", "-D k004 0")...)
	selected := func(screen string) (int, string) {
		for y, line := range strings.Split(screen, "\n") {
			if strings.Contains(line, "▌") {
				return y, line[strings.Index(line, "k0"):][:4]
			}
		}
		return -1, ""
	}
	y, row := selected(before)
	gotY, got := selected(b.screen())
	if y != gotY || row != got || row != "k050" {
		t.Errorf("got %s in line %d, want %s in line %d", got, gotY, row, y)
	}
}

func TestAValueIsSeenWhole(t *testing.T) {
	b := newBench(t, rowset.NewLog(traits(nil, "id VARCHAR", "doc VARCHAR"), false))
	raw, _ := json.Marshal(`{"a":{"b":["` + strings.Repeat("long ", 40) + `"]}}`)
	b.add(statement.Row{Cells: []json.RawMessage{[]byte(`"\u001b[31mred"`), raw}})
	b.press("enter")
	got := b.screen()
	if !strings.Contains(got, `"b": [`) || strings.Contains(got, "\x1b[31mred") {
		t.Errorf("got\n%s", got)
	}
	b.press("l", "j", "v", "c")
	if n := len(b.said); n != 1 || !strings.HasPrefix(b.said[0].(views.CopyMsg).Text, `{"a"`) {
		t.Errorf("got %v", b.said)
	}
}

func TestColumnsAreFrozenAndHidden(t *testing.T) {
	var types []string
	for i := range 40 {
		types = append(types, fmt.Sprintf("column%02d VARCHAR", i))
	}
	b := newBench(t, rowset.NewLog(traits(nil, types...), false))
	b.add(changes("+I " + strings.Repeat("v ", 40))...)
	b.press("f", "$")
	if got := b.screen(); !strings.Contains(got, "column00") || !strings.Contains(got, "column39") ||
		strings.Contains(got, "column10") {
		t.Errorf("got\n%s", got)
	}
	b.press("H", "H")
	if got := b.screen(); strings.Contains(got, "column39") || !strings.Contains(got, "2 columns hidden") ||
		!strings.Contains(got, "of 38") {
		t.Errorf("got\n%s", got)
	}
	b.press("A", "$")
	if got := b.screen(); !strings.Contains(got, "column39") {
		t.Errorf("got\n%s", got)
	}
}

// BenchmarkKey is a cursor key and the picture of it, over 100,000 rows.
func BenchmarkKey(bb *testing.B) {
	log := rowset.NewLog(traits([]int{0}, "k VARCHAR", "n INTEGER", "s VARCHAR"), false)
	b := newBench(bb, log)
	b.SetSize(180, 40)
	for from := 0; from < 100_000; from += 5000 {
		var lines []string
		for i := range 5000 {
			lines = append(lines, fmt.Sprintf("+I k%d %d text-of-%d", from+i, i, i))
		}
		b.add(changes(lines...)...)
	}
	down := keymap.Message("j")
	for bb.Loop() {
		cmd, _ := b.Key(down)
		b.run(cmd)
		b.Lines(time.Now())
	}
}
