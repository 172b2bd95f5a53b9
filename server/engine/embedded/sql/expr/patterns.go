package expr

import (
	"errors"
	"sync"

	"drey/server/engine/embedded/sql/javaregex"
	"drey/server/engine/embedded/sql/sqlerr"
)

// Patterns are compiled patterns of one call: Flink has a cache of them, too.
type Patterns struct {
	mu  sync.Mutex
	all map[string]compiledPattern
}

type compiledPattern struct {
	re  *javaregex.Pattern
	err error
}

// mostPatterns is how many patterns of a column are held compiled.
const mostPatterns = 100

func (p *Patterns) Compile(text string) (*javaregex.Pattern, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.all[text]
	if !ok {
		if len(p.all) >= mostPatterns || p.all == nil {
			p.all = map[string]compiledPattern{}
		}
		c.re, c.err = javaregex.Compile(text)
		p.all[text] = c
	}
	return c.re, c.err
}

// PatternError makes of what is wrong with a pattern in a row a failure; nil
// where Java refuses it, which is an answer for Flink.
func PatternError(name string, err error) error {
	var unsupported *javaregex.Unsupported
	var late *javaregex.TimeoutError
	switch {
	case errors.As(err, &unsupported):
		return sqlerr.RefuseRow("%s with %s", name, unsupported.What)
	case errors.As(err, &late):
		return sqlerr.Fail("java.util.concurrent.TimeoutException", "%s: %s", name, late.Error())
	}
	return nil
}
