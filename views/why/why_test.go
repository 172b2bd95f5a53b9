package why_test

import (
	"strings"
	"testing"
	"time"

	"drey/themes"
	"drey/views/why"
)

const trace = `org.apache.flink.runtime.JobException: Recovery is suppressed
	at org.apache.flink.A.a(A.java:1)
	at org.apache.flink.A.b(A.java:2)
Caused by: java.lang.RuntimeException: Failed to deserialize
	at io.acme.Decode.decode(Decode.java:88)
	... 14 more
Caused by: io.acme.SchemaException: Schema 1187 not found
	at io.acme.Registry.find(Registry.java:7)
	at io.acme.Registry.get(Registry.java:9)
`

func TestCauses(t *testing.T) {
	for text, want := range map[string]string{
		trace:                                    "SchemaException: Schema 1187 not found",
		"one line":                               "one line",
		"":                                       "",
		"\n first \n second":                     "first",
		"x\nCaused by: ":                         "",
		"a Caused by: b\nCaused by: c\r\n\tat d": "c",
	} {
		if got := why.Cause(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAReportBeginsWithTheVerdictAndTheRootCause(t *testing.T) {
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	now := time.Date(2026, 3, 4, 14, 20, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return now.Add(-time.Duration(minutes) * time.Minute) }
	d := why.Document(theme, why.Report{
		State: "FAILED", Tone: themes.Bad, Since: at(18), Cause: why.Cause(trace), Changed: "spec.image 2.4.0 → 2.4.1",
		Missing: []string{"logs"},
		Entries: []why.Entry{
			{At: at(40), Word: "event", Text: "RUNNING", Tone: themes.Good},
			{At: at(18), Word: "exception", Text: why.Cause(trace), Trace: trace, Tone: themes.Bad},
			{At: at(20), Word: "event", Text: "RESTARTING", Tone: themes.Warn},
			{At: at(21), Word: "event", Text: "RESTARTING", Tone: themes.Warn},
		},
	}, now)
	want := []string{
		"✗ failing · FAILED since 14:02:00 (18 m)",
		"cause       SchemaException: Schema 1187 not found",
		"changed     spec.image 2.4.0 → 2.4.1",
		"not seen    logs",
		"",
		"   14:02:00  ✗  exception   SchemaException: Schema 1187 not found",
		"                            at io.acme.Registry.find(Registry.java:7)",
		"                            at io.acme.Registry.get(Registry.java:9)",
		"                            which caused RuntimeException: Failed to deserialize",
		"                            … 2 more frames",
		"                            which caused JobException: Recovery is suppressed",
		"                            … 2 more frames",
		"   14:00:00  ▲  event       RESTARTING  ×2",
		"   13:40:00  ●  event       RUNNING",
	}
	if got := strings.Join(d.Plain, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func FuzzTracesOfAnyShape(f *testing.F) {
	f.Add(trace)
	f.Add("Caused by: Caused by: \n\n")
	theme, _ := themes.New(themes.Options{})
	f.Fuzz(func(t *testing.T, text string) {
		d := why.Document(
			theme, why.Report{State: text, Entries: []why.Entry{{Text: why.Cause(text), Trace: text}}}, time.Now(),
		)
		if len(d.Plain) != len(d.Styled) || len(d.Plain) != len(d.Raw) {
			t.Error("a line is missing")
		}
		for _, line := range d.Styled {
			if strings.Contains(line, "\x07") || strings.Contains(line, "\x9b") {
				t.Errorf("a byte of the text is drawn: %q", line)
			}
		}
	})
}

// BenchmarkTwoThousandEntries is the layout of a long history.
func BenchmarkTwoThousandEntries(b *testing.B) {
	theme, _ := themes.New(themes.Options{})
	now := time.Now()
	r := why.Report{State: "FAILED", Tone: themes.Bad}
	for i := range 400 {
		r.Entries = append(r.Entries, why.Entry{
			At: now.Add(-time.Duration(i) * time.Minute), Word: "exception", Text: why.Cause(trace), Trace: trace,
		},
			why.Entry{At: now.Add(-time.Duration(i)*time.Minute - time.Second), Word: "event", Text: "RUNNING"})
	}
	for b.Loop() {
		if d := why.Document(theme, r, now); len(d.Plain) < 2000 {
			b.Fatal(len(d.Plain))
		}
	}
}

func TestAFoldedTraceIsThereWhole(t *testing.T) {
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	now := time.Date(2026, 3, 4, 14, 20, 0, 0, time.UTC)
	report := why.Report{State: "FAILED", Tone: themes.Bad, Entries: []why.Entry{
		{At: now, Word: "exception", Text: why.Cause(trace), Trace: trace, Tone: themes.Bad},
	}}
	d := why.Document(theme, report, now)
	if d.Whole == nil {
		t.Fatal("there is no document with the frames that are folded")
	}
	for _, frame := range []string{"A.java:1", "A.java:2", "Decode.java:88"} {
		if text := strings.Join(d.Plain, "\n"); strings.Contains(text, frame) {
			t.Errorf("%s is not folded:\n%s", frame, text)
		}
		if text := strings.Join(d.Whole.Raw, "\n"); !strings.Contains(text, frame) {
			t.Errorf("%s is not in the whole:\n%s", frame, text)
		}
	}
	report.Entries[0].Trace = "one line"
	if why.Document(theme, report, now).Whole != nil {
		t.Error("there is something to unfold where nothing is folded")
	}
}

// TestTheVerdictIsAWord of how an object is: what runs and failed lately is degraded.
func TestTheVerdictIsAWord(t *testing.T) {
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	now := time.Date(2026, 3, 4, 14, 20, 0, 0, time.UTC)
	restart := func(ago time.Duration) why.Entry {
		return why.Entry{At: now.Add(-ago), Word: "event", Text: "RESTARTING", Tone: themes.Warn}
	}
	failure := restart(time.Minute)
	failure.Text, failure.Trace, failure.Tone = why.Cause(trace), trace, themes.Bad
	for name, c := range map[string]struct {
		state   string
		tone    themes.Tone
		entries []why.Entry
		want    []string
	}{
		"runs":              {"RUNNING", themes.Good, []why.Entry{restart(time.Hour)}, []string{"● healthy · RUNNING", ""}},
		"restarted lately":  {"RUNNING", themes.Good, []why.Entry{restart(time.Minute), restart(2 * time.Minute)}, []string{"▲ degraded · RUNNING", "cause       RESTARTING  (2 in the last 10 minutes)"}},
		"failed lately":     {"RUNNING", themes.Good, []why.Entry{restart(time.Second), failure}, []string{"▲ degraded · RUNNING", "cause       SchemaException: Schema 1187 not found  (1 in the last 10 minutes)"}},
		"is stopped":        {"STOPPED", themes.Idle, nil, []string{"○ STOPPED", ""}},
		"restarts":          {"RESTARTING", themes.Warn, nil, []string{"▲ degraded · RESTARTING", "cause       not known: nothing that was looked at says why"}},
		"is of an odd sort": {"QUANTUM", themes.Unknown, nil, []string{"? QUANTUM", ""}},
	} {
		d := why.Document(theme, why.Report{State: c.state, Tone: c.tone, Entries: c.entries}, now)
		for i, want := range c.want {
			if d.Plain[i] != want {
				t.Errorf("%s: %q, want %q", name, d.Plain[i], want)
			}
		}
		if d.CopyHead != "as of 2026-03-04 14:20:00 UTC, times in UTC" {
			t.Errorf("a copy begins with %q", d.CopyHead)
		}
	}
}

// TestAReportOfNoStateSaysSo is of an object of which the server tells no state: a mark
// alone says nothing.
func TestAReportOfNoStateSaysSo(t *testing.T) {
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	d := why.Document(theme, why.Report{Tone: themes.Unknown}, time.Now())
	if d.Plain[0] != "? unknown: the server tells no state" {
		t.Errorf("got %q", d.Plain[0])
	}
}
