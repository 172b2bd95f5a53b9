package javaregex

import "math"

// kind is what a node of a pattern is.
type kind int

const (
	kSet       kind = iota // one character of a set
	kSeq                   // one node after the other
	kAlt                   // one of several
	kRepeat                // a node several times
	kGroup                 // a group; index 0 captures nothing
	kAtomic                // (?>…)
	kLook                  // (?=…) and its kin
	kBackref               // what a group matched
	kNever                 // matches nothing
	kBegin                 // the begin of the text
	kLineBegin             // that, or behind a line end
	kEnd                   // the very end
	kLastEnd               // the end, or before the last line end
	kLineEnd               // that, or before a line end
	kWord                  // a boundary of words
	kPrevious              // the end of the match before
)

// node is a part of a parsed pattern.
type node struct {
	kind     kind
	set      set
	items    []*node
	min, max int // of a repeat; max < 0: any number
	lazy     bool
	index    int  // of a group, and of one that is referred to
	behind   bool // a look to the left
	not      bool // a look for what is not there; no boundary
	unix     bool // \n alone ends lines
	ends     bool // is \R
}

// facts are what is known of a node.
type facts struct {
	min, max int  // characters; max == unlimited: any number
	looks    bool // has what only backtracking does
	begins   bool // has an anchor at the begin, or at the match before
	ends     bool // asks for the last line end
	captures bool
	refers   bool
}

const unlimited = math.MaxInt32

func plus(a, b int) int {
	if a == unlimited || b == unlimited || a+b > unlimited {
		return unlimited
	}
	return a + b
}

func times(a, n int) int {
	switch {
	case a == 0 || n == 0:
		return 0
	case a == unlimited || n < 0 || a > unlimited/n:
		return unlimited
	}
	return a * n
}

func (n *node) facts() facts {
	var f facts
	switch n.kind {
	case kSet:
		return facts{min: 1, max: 1}
	case kAlt:
		f.min = unlimited
	case kBackref:
		return facts{max: unlimited, looks: true, refers: true}
	case kBegin:
		return facts{begins: true}
	case kLineBegin, kWord, kPrevious:
		return facts{begins: true, looks: true}
	case kLastEnd:
		return facts{ends: true}
	case kLineEnd, kNever:
		return facts{looks: true}
	case kEnd:
		return f
	}
	for _, item := range n.items {
		g := item.facts()
		if n.kind == kAlt {
			f.min, f.max = min(f.min, g.min), max(f.max, g.max)
		} else {
			f.min, f.max = plus(f.min, g.min), plus(f.max, g.max)
		}
		f.looks, f.begins, f.ends = f.looks || g.looks, f.begins || g.begins, f.ends || g.ends
		f.captures, f.refers = f.captures || g.captures, f.refers || g.refers
	}
	switch n.kind {
	case kRepeat:
		// How often nothing is repeated differs between machines.
		f.looks = f.looks || f.min == 0 || n.max > 1000 || n.min > 1000
		f.min, f.max = times(f.min, n.min), times(f.max, n.max)
	case kGroup:
		f.captures = f.captures || n.index > 0
	case kAtomic:
		f.looks = true
	case kLook:
		f.min, f.max, f.looks = 0, 0, true
	}
	return f
}
