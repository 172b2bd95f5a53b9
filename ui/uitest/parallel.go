package uitest

import (
	"flag"
	"strconv"
)

// SideBySide lets more tests of a package run at the same time than there are processors,
// for a TestMain: they wait for a console or a server most of their time. Under the race
// detector they compute, and fewer do. What -parallel says goes before.
func SideBySide() {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said {
		_ = flag.Set("test.parallel", strconv.Itoa(atOnce)) // it is a number
	}
}
