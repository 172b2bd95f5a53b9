package cli

import "drey/ui/config"

// platforms are the kinds of servers that a context may name.
var platforms = []config.Platform{{Name: "cmf"}}

// loadConfig reads what the person has said; what is wrong with it is a wrong
// use of the command.
func loadConfig(o config.Options) (config.Config, error) {
	o.Platforms = platforms
	c, err := config.Load(o)
	if err != nil {
		return config.Config{}, usageError{err}
	}
	return c, nil
}
