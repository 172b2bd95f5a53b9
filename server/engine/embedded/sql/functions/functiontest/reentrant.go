package functiontest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/value"
)

// requireReentrant resolves an expression twice, which must leave its environment
// as it is and mean the same, and has several goroutines compute it at once.
func requireReentrant(t *testing.T, text string) {
	t.Helper()
	e, err := item(text)
	if err != nil {
		return
	}
	env := environment()
	env.FoldUntil = time.Unix(1, 0) // each evaluation computes the constants
	before := *env
	x, err := expr.NewResolver(env, &expr.Scope{}, "").Value(e)
	again, err2 := expr.NewResolver(env, &expr.Scope{}, "").Value(e)
	drawn, _ := env.Run.Random.Save()
	switch {
	case *env != before || len(drawn) > 0:
		t.Errorf("%s: resolving it changes its environment", text)
	case (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error():
		t.Errorf("%s: resolved twice, it is %v and %v", text, err, err2)
	case err == nil && (x.ID != again.ID || x.Type.String() != again.Type.String()):
		t.Errorf("%s: resolved twice, it is %v %s and %v %s", text, x.ID, x.Type, again.ID, again.Type)
	}
	if err != nil {
		return
	}
	results := Concurrently(x, make([]value.Row, 4))
	for _, got := range results {
		if x.Const && got != results[0] { // others are a time or a random number
			t.Errorf("%s: computed several times at once, it is %s and %s", text, results[0], got)
		}
	}
}

// Concurrently computes an expression over each row in a goroutine of its own,
// all at once, and gives what comes of each: a value, or a complaint.
func Concurrently(x *expr.Expr, rows []value.Row) []string {
	results := make([]string, len(rows))
	start := make(chan struct{})
	var group sync.WaitGroup
	for i, row := range rows {
		group.Go(func() {
			<-start
			results[i] = Text(x, slices.Clone(row))
		})
	}
	close(start)
	group.Wait()
	return results
}

// Text is what an expression gives for a row: a value, or a complaint.
func Text(x *expr.Expr, row value.Row) string {
	v, err := x.Eval(row)
	if err != nil {
		return "fails: " + err.Error()
	}
	if !v.Valid {
		return null
	}
	return v.Text(x.Type, time.UTC)
}
