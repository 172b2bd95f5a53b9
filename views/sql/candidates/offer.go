// Package candidates finds what the word at the cursor of a SQL text may become.
package candidates

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"drey/client/flinksql"
	"drey/client/statement"
	"drey/views/catalog"
	"drey/views/match"
	"drey/views/sql/buffer"
)

// Offer is one thing that the word at the cursor may become.
type Offer struct {
	Text  string // what is put there
	Aside string // what it is, beside it
	Doc   string // a sentence, below the list
	rank  int    // how well it fits, the best is 0
}

// How a name fits what is typed.
const (
	fitsBegin  = iota // it begins with it
	fitsInside        // it holds it
	fitsFuzzy         // it holds its letters in order
)

// Asking is what is known of the place where a completion is wanted.
type Asking struct {
	Start  int      // of the word, in bytes of the text
	Length int      // of what is written of it, in runes
	Prefix string   // the word so far, without backticks
	Path   []string // the names before it: a.b.| is [a b]
	Tables bool     // a table is wanted here
	Refs   []ref    // tables of the statement
}

// ref is a table that a statement names, and what it calls it.
type ref struct {
	Path  []string
	Alias string
}

// AskedIn looks at the statement that the cursor is in.
func AskedIn(b *buffer.Buffer) (Asking, bool) {
	cursor := b.Cursor()
	from, to := cursor, cursor
	if stmt, ok := b.StatementAt(cursor); ok && !cursor.Before(stmt.From) {
		if to = stmt.To; stmt.To.Before(cursor) {
			to = cursor
		}
		if from = stmt.From; strings.Contains(b.Between(stmt.To, to), ";") {
			from = cursor // behind it another one begins
		}
	}
	text, offset := b.Between(from, to), len(b.Between(from, cursor))
	a, ok := AskedAt(text, offset)
	a.Length = utf8.RuneCountInString(text[a.Start:offset])
	return a, ok
}

// AskedAt looks at a statement before the cursor and around it. There is nothing
// to complete in a string, a comment or a number.
func AskedAt(text string, offset int) (Asking, bool) {
	stmt, ok := flinksql.At(text, offset)
	if !ok || offset < stmt.Start {
		stmt = flinksql.Statement{Text: text[:offset]}
	}
	before := flinksql.Lex(text[stmt.Start:offset])
	a := Asking{Start: offset, Refs: refsIn(flinksql.Lex(stmt.Text))}
	i := len(before) - 1
	touches := func(i, end int) bool { return i >= 0 && stmt.Start+before[i].End() == end }
	if touches(i, offset) {
		switch t := before[i]; {
		case isName(t):
			a.Start, a.Prefix = stmt.Start+t.Offset, bareName(t)
			i--
		case t.Kind == flinksql.Invalid && strings.HasPrefix(t.Text, "`") && !strings.Contains(t.Text, "\n"):
			a.Start, a.Prefix = stmt.Start+t.Offset, t.Text[1:]
			i--
		case t.Kind == flinksql.String || t.Kind == flinksql.Comment || t.Kind == flinksql.Number ||
			t.Kind == flinksql.Invalid || t.Kind == flinksql.Hint:
			return a, false
		}
	}
	end := a.Start
	for i >= 1 && before[i].Is(".") && touches(i, end) && isName(before[i-1]) && before[i-1].End() == before[i].Offset {
		a.Path = append(a.Path, bareName(before[i-1]))
		end = stmt.Start + before[i-1].Offset
		i -= 2
	}
	slices.Reverse(a.Path)
	a.Tables = i >= 0 && namesTable(before[i])
	return a, true
}

func isName(t flinksql.Token) bool {
	return t.Kind == flinksql.Identifier || t.Kind == flinksql.Keyword || t.Kind == flinksql.Quoted
}

func bareName(t flinksql.Token) string {
	if t.Kind == flinksql.Quoted {
		return strings.ReplaceAll(t.Text[1:len(t.Text)-1], "``", "`")
	}
	return t.Text
}

// namesTable says whether a table follows the word.
func namesTable(t flinksql.Token) bool {
	return slices.ContainsFunc(
		[]string{"FROM", "JOIN", "INTO", "TABLE", "DESCRIBE", "DESC", "OVERWRITE", "VIEW", "IN"}, t.Is,
	)
}

// refsIn finds the tables that a statement names, with their aliases.
func refsIn(tokens []flinksql.Token) []ref {
	var refs []ref
	for i := 0; i < len(tokens); i++ {
		if !namesTable(tokens[i]) && !(tokens[i].Is(",") && len(refs) > 0) {
			continue
		}
		var r ref
		j := i + 1
		for j < len(tokens) && isName(tokens[j]) && !reservedWord(tokens[j]) {
			r.Path = append(r.Path, bareName(tokens[j]))
			if j++; j >= len(tokens) || !tokens[j].Is(".") {
				break
			}
			j++
		}
		if len(r.Path) == 0 {
			continue
		}
		if j < len(tokens) && tokens[j].Is("AS") {
			j++
		}
		if j < len(tokens) && isName(tokens[j]) && !reservedWord(tokens[j]) {
			r.Alias = bareName(tokens[j])
		}
		refs = append(refs, r)
	}
	return refs
}

func reservedWord(t flinksql.Token) bool { return t.Kind == flinksql.Keyword }

// Offers are what fits, names first; waiting is true while names that may fit
// are still asked for by want.
func (a Asking) Offers(names *catalog.Tree, home [2]string, want func(path []string)) (list []Offer, waiting bool) {
	l := lister{Asking: a, names: names, want: want, seen: map[string]bool{}}
	if len(a.Path) > 0 {
		l.qualified(home)
		return sorted(l.list), l.waiting
	}
	if a.Tables {
		l.below(home[0], home[1])
		l.below()
	} else {
		for _, r := range a.Refs {
			l.below(r.full(home)...)
		}
		for _, r := range a.Refs {
			if r.Alias != "" {
				l.add(Offer{Text: catalog.Quoted(r.Alias), Aside: catalog.Join(r.Path)})
			}
		}
	}
	if a.Prefix != "" {
		l.words()
	}
	return sorted(l.list), l.waiting
}

// full is the ref's path from its catalog on.
func (r ref) full(home [2]string) []string {
	switch len(r.Path) {
	case 1:
		return []string{home[0], home[1], r.Path[0]}
	case 2:
		return []string{home[0], r.Path[0], r.Path[1]}
	}
	return r.Path
}

// lister gathers offers, each once.
type lister struct {
	Asking
	names   *catalog.Tree
	want    func([]string)
	seen    map[string]bool
	list    []Offer
	waiting bool
}

func (l *lister) add(o Offer) {
	rank, fits := fit(strings.Trim(o.Text, "`("), l.Prefix)
	if l.seen[o.Text] || !fits {
		return
	}
	l.seen[o.Text], o.rank = true, rank
	l.list = append(l.list, o)
}

// fuzzyFrom is how many letters have to be typed before names are offered that
// only hold them in order.
const fuzzyFrom = 3

// fit says how well a name fits what is typed; case does not matter.
func fit(name, typed string) (rank int, fits bool) {
	if len(name) >= len(typed) && strings.EqualFold(name[:len(typed)], typed) {
		return fitsBegin, true
	}
	name, typed = strings.ToLower(name), strings.ToLower(typed)
	switch {
	case strings.Contains(name, typed):
		return fitsInside, true
	case len(typed) >= fuzzyFrom && match.Fuzzy(typed, name):
		return fitsFuzzy, true
	}
	return 0, false
}

// sorted puts what fits best first, else as it came.
func sorted(list []Offer) []Offer {
	slices.SortStableFunc(list, func(a, b Offer) int { return cmp.Compare(a.rank, b.rank) })
	return list
}

// below offers what is below a path, or wants it.
func (l *lister) below(path ...string) {
	names, ready := l.names.Names(path...)
	if !ready {
		l.want(path)
		l.waiting = true
		return
	}
	for _, n := range names {
		aside := n.Type
		if len(path) < catalog.Table {
			aside = [...]string{"catalog", "database", "table"}[len(path)]
		}
		l.add(Offer{Text: catalog.Quoted(n.Name), Aside: aside})
	}
}

// qualified offers what may follow the names before the cursor: columns of a
// table of the statement, or what is below a path of the catalog.
func (l *lister) qualified(home [2]string) {
	last := l.Path[len(l.Path)-1]
	for _, r := range l.Refs {
		if !l.Tables && len(l.Path) == 1 && (r.Alias == last || r.Alias == "" && r.Path[len(r.Path)-1] == last) {
			l.below(r.full(home)...)
			return
		}
	}
	catalogs, ready := l.names.Names()
	if !ready {
		l.want(nil)
		l.waiting = true
		return
	}
	if slices.ContainsFunc(catalogs, func(n catalog.Name) bool { return n.Name == l.Path[0] }) {
		l.below(l.Path...)
		return
	}
	if len(l.Path) < catalog.Table {
		l.below(append([]string{home[0]}, l.Path...)...)
	}
}

// words offers functions and keywords, the shortest first, in small letters
// where the word has them.
func (l *lister) words() {
	named := len(l.list)
	in := func(word string) string { return word }
	if strings.ToLower(l.Prefix) == l.Prefix {
		in = strings.ToLower
	}
	for _, f := range flinksql.Functions {
		text := in(f.Name)
		if !f.Bare() {
			text += "("
		}
		l.add(Offer{Text: text, Aside: f.Signature, Doc: f.Doc})
	}
	for _, word := range flinksql.Keywords {
		if !l.seen[in(word)+"("] {
			l.add(Offer{Text: in(word), Aside: "keyword"})
		}
	}
	slices.SortStableFunc(l.list[named:], func(a, b Offer) int { return cmp.Compare(len(a.Text), len(b.Text)) })
}

// Age is how old the names of the server are that are offered here.
func (a Asking) Age(names *catalog.Tree, home [2]string) time.Duration {
	switch {
	case len(a.Path) > 0:
		return max(names.Age(a.Path...), names.Age(append([]string{home[0]}, a.Path...)...))
	case a.Tables:
		return max(names.Age(home[0], home[1]), names.Age())
	}
	oldest := time.Duration(0)
	for _, r := range a.Refs {
		oldest = max(oldest, names.Age(r.full(home)...))
	}
	return oldest
}

// WithSuggestions puts what the platform said of the place before the other offers
// that fit as well: it knows what may stand there.
func (a Asking) WithSuggestions(offers []Offer, list []statement.Suggestion) []Offer {
	if len(list) == 0 {
		return offers
	}
	l := lister{Asking: a, seen: map[string]bool{}}
	for _, one := range list {
		l.add(Offer{Text: one.Text, Aside: one.Kind})
	}
	for _, o := range offers {
		if !l.seen[o.Text] {
			l.list = append(l.list, o)
		}
	}
	return sorted(l.list)
}
