package auth

import (
	"io/fs"
	"syscall"
	"time"
)

// changeTime is when a file's content, owner or mode last changed; unlike the
// time of modification nobody can set it.
func changeTime(info fs.FileInfo) time.Time {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return time.Time{}
	}
	return time.Unix(stat.Ctimespec.Unix())
}
