package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Statement is what a session is to run: the text, with what the statements before
// it have set.
type Statement struct {
	SQL                       string
	Configuration, Properties map[string]string
}

// Answer is what came of a statement: an error, or columns and rows.
type Answer struct {
	Error   string
	Columns []Column
	Rows    []Row
}

// Session runs the statements of one case on an engine, each to its end.
type Session interface {
	Run(s Statement) Answer
	Close()
}

// Folders are what ${DATA} and ${OUT} stand for in the texts of a case: files that
// are there, and a place for those that it writes.
type Folders struct{ Data, Out string }

// Properties of a statement that USE sets.
const (
	propertyCatalog  = "sql.current-catalog"
	propertyDatabase = "sql.current-database"
)

// Verdict is how an answer compares with Flink's.
type Verdict string

// Verdicts. Only a different answer is a fault.
const (
	Exact        Verdict = "exact" // rows and their changes, or the words of the error
	Equal        Verdict = "equal" // what is left when the changes are applied
	OtherMessage Verdict = "other message"
	Refused      Verdict = "refused" // the engine says that it does not do this
	SetUpRefused Verdict = "set-up refused"
	OtherVersion Verdict = "other on this version"
	Different    Verdict = "different"
)

// Tally counts verdicts.
type Tally map[Verdict]int

// Equal are the answers that are right.
func (y Tally) Equal() int { return y[Equal] + y[Exact] }

func (y Tally) String() string {
	s := fmt.Sprintf(
		"equal %3d (changelog too %3d)  other message %3d  refused %3d  different %3d  set-up refused %3d",
		y.Equal(), y[Exact], y[OtherMessage], y[Refused], y[Different], y[SetUpRefused],
	)
	if n := y[OtherVersion]; n > 0 {
		s += fmt.Sprintf("  other on this version %d", n)
	}
	return s
}

// Runner is how cases run on an engine.
type Runner struct {
	// Open gives the session of a case.
	Open func(t testing.TB, number int, at Folders) Session
	// Refused reports whether an error says that the engine does not do such a thing.
	Refused func(message string) bool
	// SameError compares the words of errors where others do than SameHead.
	SameError func(got, want string) bool
	// Form is how the engine writes values.
	Form Form
	// Differs are the cases that this version answers in another way.
	Differs map[string]bool
	// Out is a folder that the engine may write to; empty is one of the test.
	Out string
	// AtOnce is how many cases run at the same time; 0 is one.
	AtOnce int
	// Explain logs each answer that is not equal. Else DREY_CORPUS=AREA does for an
	// area, and DREY_CORPUS=all for all of them.
	Explain bool
}

// Run runs cases and gives the verdicts by area. Each answer that is different fails
// the test.
func (r Runner) Run(t *testing.T, cases []Case) map[string]Tally {
	t.Helper()
	var mu sync.Mutex
	areas, total := map[string]Tally{}, Tally{}
	at := Folders{Data: Data(t), Out: r.Out}
	if at.Out == "" {
		at.Out = t.TempDir()
	}
	run := func(i int) {
		c := cases[i]
		verdict, detail := r.verdict(t, i, c, Folders{Data: at.Data, Out: filepath.Join(at.Out, strconv.Itoa(i))})
		mu.Lock()
		defer mu.Unlock()
		if areas[c.Area] == nil {
			areas[c.Area] = Tally{}
		}
		areas[c.Area][verdict]++
		total[verdict]++
		r.report(t, c, verdict, detail)
	}
	r.each(len(cases), run)
	var lines strings.Builder
	for _, c := range cases {
		if tally, ok := areas[c.Area]; ok && !strings.Contains(lines.String(), "\n"+c.Area+" ") {
			fmt.Fprintf(&lines, "\n%-12s %s", c.Area, tally)
		}
	}
	t.Logf("%s\n%-12s %s", lines.String(), "all", total)
	return areas
}

// each calls run with each number, so many at once as the runner says.
func (r Runner) each(n int, run func(int)) {
	if r.AtOnce < 2 {
		for i := range n {
			run(i)
		}
		return
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, r.AtOnce)
	for i := range n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			run(i)
		})
	}
	group.Wait()
}

func (r Runner) report(t *testing.T, c Case, verdict Verdict, detail string) {
	t.Helper()
	show := os.Getenv("DREY_CORPUS")
	switch {
	case verdict == Different:
		t.Errorf("%s (%s): %s\n  %s", c.ID, c.Mode, c.Query, detail)
	case verdict != Exact && verdict != Equal && (r.Explain || show == c.Area || show == "all"):
		t.Logf("%s %s (%s): %s\n  %s", verdict, c.ID, c.Mode, c.Query, detail)
	}
}

func (r Runner) verdict(t *testing.T, number int, c Case, at Folders) (verdict Verdict, detail string) {
	if err := os.Mkdir(at.Out, 0o700); err != nil {
		t.Error(err)
	}
	verdict, detail = r.compare(c, r.play(t, number, c, at))
	if verdict != Exact && verdict != Equal && r.Differs[c.ID] {
		verdict = OtherVersion
	}
	return verdict, detail
}

// played is what came of a case: of its query, or of the statement of its set-up
// that failed.
type played struct {
	Answer
	setUp string
}

// play runs the statements of a case.
func (r Runner) play(t *testing.T, number int, c Case, at Folders) played {
	fill := strings.NewReplacer("${DATA}", at.Data, "${OUT}", at.Out)
	empty := strings.NewReplacer(at.Data, "${DATA}", at.Out, "${OUT}")
	session := r.Open(t, number, at)
	defer session.Close()
	s := Statement{Configuration: map[string]string{"execution.runtime-mode": c.Mode}, Properties: map[string]string{}}
	for key, value := range c.Props {
		s.Configuration[key] = value
	}
	for _, text := range c.Setup {
		if s.set(text) {
			continue
		}
		s.SQL = fill.Replace(text)
		if a := session.Run(s); a.Error != "" {
			a.Error = empty.Replace(a.Error)
			return played{Answer: a, setUp: text}
		}
	}
	s.SQL = fill.Replace(c.Query)
	a := session.Run(s)
	a.Error = empty.Replace(a.Error)
	for _, row := range a.Rows {
		for i, cell := range row.Cells {
			if cell != nil {
				text := empty.Replace(*cell)
				row.Cells[i] = &text
			}
		}
	}
	return played{Answer: a}
}

var (
	setOption = regexp.MustCompile(`^SET '([^']*)'\s*=\s*'([^']*)'$`)
	use       = regexp.MustCompile(`^USE (CATALOG )?(\w+)$`)
)

// set takes a line of a set-up that a session of Flink would keep, and reports
// whether it is one.
func (s *Statement) set(text string) bool {
	if m := setOption.FindStringSubmatch(text); m != nil {
		s.Configuration[m[1]] = m[2]
		return true
	}
	if m := use.FindStringSubmatch(text); m != nil {
		key := propertyDatabase
		if m[1] != "" {
			key = propertyCatalog
		}
		s.Properties[key] = m[2]
		return true
	}
	return false
}

// compare compares what came of a case with what Flink answered.
func (r Runner) compare(c Case, got played) (verdict Verdict, detail string) {
	failed := got.Error != ""
	switch {
	case got.setUp != "" && r.Refused(got.Error):
		return SetUpRefused, got.setUp + "\n  " + got.Error
	case got.setUp != "":
		return Different, "set-up failed: " + got.setUp + "\n  " + got.Error
	case failed && r.Refused(got.Error):
		return Refused, got.Error
	case failed && c.Error == nil:
		return Different, "got the error " + got.Error
	case failed:
		same := SameHead
		if r.SameError != nil {
			same = r.SameError
		}
		if same(got.Error, c.Error.Message) {
			return Exact, ""
		}
		return OtherMessage, fmt.Sprintf("got %q\n  want %q", Head(got.Error), Head(c.Error.Message))
	case c.Error != nil:
		return Different, fmt.Sprintf("got %s, want the error %s", lines(got.Rows), c.Error.Message)
	case len(c.Columns) == 1 && c.Columns[0].Name == "job id": // CMF answers an INSERT without rows
		return Equal, ""
	case !sameColumns(got.Columns, c.Columns):
		return Different, fmt.Sprintf("got columns %v, want %v", got.Columns, c.Columns)
	}
	return r.Form.compare(c, got.Rows)
}

func sameColumns(got, want []Column) bool {
	return slices.EqualFunc(got, want, func(got, want Column) bool {
		return got.Name == want.Name && (got.Type == "" || got.Type == want.Type)
	})
}
