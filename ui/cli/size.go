package cli

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
	"github.com/spf13/pflag"
)

// sizeFlag is a number of bytes, written as a person does: 64MB.
type sizeFlag int64

// size defines a flag of bytes; where it is not given the value stays 0.
func size(f *pflag.FlagSet, at *int64, name, usage string) { f.Var((*sizeFlag)(at), name, usage) }

func (s *sizeFlag) String() string {
	if *s == 0 {
		return ""
	}
	return humanize.IBytes(uint64(*s))
}

// Set reads MB as 2^20 bytes, as Flink does.
func (s *sizeFlag) Set(text string) error {
	n, err := humanize.ParseBytes(binary(text))
	if err != nil || n < 1<<20 || n > math.MaxInt64/2 {
		return fmt.Errorf("want a size of 1 MB or more, such as 64MB")
	}
	*s = sizeFlag(n)
	return nil
}

// binary makes of MB what go-humanize calls MiB.
func binary(text string) string {
	n := len(text)
	if n < 2 || text[n-1]|0x20 != 'b' {
		return text
	}
	switch text[n-2] | 0x20 {
	case 'k', 'm', 'g', 't':
		return text[:n-1] + "iB"
	}
	return text
}

func (s *sizeFlag) Type() string { return "size" }
