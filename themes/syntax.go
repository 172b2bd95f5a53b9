package themes

import (
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
)

// Token is a class of source text that has a look of its own.
type Token uint8

// The classes.
const (
	TokenText Token = iota
	TokenKey
	TokenString
	TokenNumber
	TokenKeyword
	TokenFunction
	TokenType
	TokenComment
	TokenPunctuation
	TokenError
	numTokens = iota
)

// Syntax is the style of a class of source text.
func (t *Theme) Syntax(token Token) Style { return t.syntax[token] }

// Chroma is the style of one of chroma's token types.
func (t *Theme) Chroma(tt chroma.TokenType) Style { return t.syntax[classOf(tt)] }

func classOf(tt chroma.TokenType) Token {
	switch {
	case tt == chroma.NameTag, tt == chroma.NameAttribute:
		return TokenKey
	case tt == chroma.NameFunction, tt == chroma.NameBuiltin:
		return TokenFunction
	case tt == chroma.KeywordType:
		return TokenType
	case tt == chroma.Error:
		return TokenError
	case tt.InCategory(chroma.Keyword):
		return TokenKeyword
	case tt.InSubCategory(chroma.LiteralNumber), tt == chroma.KeywordConstant:
		return TokenNumber
	case tt.InCategory(chroma.Literal):
		return TokenString
	case tt.InCategory(chroma.Comment):
		return TokenComment
	case tt.InCategory(chroma.Punctuation), tt.InCategory(chroma.Operator):
		return TokenPunctuation
	}
	return TokenText
}

// yamlLexer is drey's own: chroma's lexers package reads hundreds of
// definitions when the program starts, and the first frame cannot wait.
var yamlLexer = sync.OnceValue(func() chroma.Lexer {
	return chroma.MustNewLexer(&chroma.Config{Name: "YAML", EnsureNL: true}, func() chroma.Rules {
		return chroma.Rules{
			"root": {
				{Pattern: `#[^\n]*`, Type: chroma.Comment},
				{Pattern: `^---$`, Type: chroma.Punctuation},
				{Pattern: `^([ ]*(?:- )*)((?:"(?:[^"\\\n]|\\.)*"|[^\s"'#\-][^\n:]*|-[^\s:][^\n:]*)(?:(?::(?=\S))[^\n:]*)*)(:)(?=\s)`, Type: chroma.ByGroups(chroma.Punctuation, chroma.NameTag, chroma.Punctuation)},
				{Pattern: `^[ ]*- `, Type: chroma.Punctuation},
				{Pattern: `(true|false|null|~)(?=[ ]*$)`, Type: chroma.KeywordConstant},
				{Pattern: `-?\d+(\.\d+)?([eE][-+]?\d+)?(?=[ ]*$)`, Type: chroma.LiteralNumber},
				{Pattern: `"(?:[^"\\\n]|\\.)*"`, Type: chroma.LiteralString},
				{Pattern: `\n`, Type: chroma.Text},
				{Pattern: `[ ]+`, Type: chroma.Text},
				{Pattern: `[^\s][^\n]*?(?=[ ]*$)`, Type: chroma.LiteralString},
				{Pattern: `.`, Type: chroma.Text},
			},
		}
	})
})

// YAML returns the lines of source with their styles, one per line of it. Text
// that the lexer cannot take comes back plain.
func (t *Theme) YAML(source string) []string {
	return t.highlight(yamlLexer(), source)
}

// highlight colours source line by line; no style crosses a line's end.
func (t *Theme) highlight(lexer chroma.Lexer, source string) []string {
	tokens, err := chroma.Tokenise(lexer, nil, source)
	if err != nil {
		return strings.Split(source, "\n")
	}
	want := strings.Count(source, "\n") + 1
	lines := make([]string, 0, want)
	var line strings.Builder
	for _, token := range tokens {
		style := t.Chroma(token.Type)
		for i, part := range strings.Split(token.Value, "\n") {
			if i > 0 {
				lines = append(lines, line.String())
				line.Reset()
			}
			line.WriteString(style.Render(part))
		}
	}
	lines = append(lines, line.String())
	for len(lines) < want {
		lines = append(lines, "")
	}
	return lines[:want]
}
