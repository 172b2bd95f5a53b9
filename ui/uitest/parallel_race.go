//go:build race

package uitest

const atOnce = 8
