package cli

import (
	"cmp"
	"errors"

	"drey/keymap"
	"drey/ui/config"
	"drey/views/platform"
	"drey/views/platforms/ccloud"
	"drey/views/platforms/cmf"
	"drey/views/platforms/flink"
	"drey/views/platforms/vvp"
)

// platforms are the kinds of servers that a context may name.
var platforms = []platform.Platform{cmf.Platform, flink.Platform, ccloud.Platform, vvp.Platform}

// configPlatforms are the platforms as the configuration knows them.
func configPlatforms() []config.Platform {
	var all []config.Platform
	for _, p := range platforms {
		of := config.Platform{Name: p.Name, AddressOptional: p.AddressOptional, Variables: p.Variables}
		for _, f := range p.Fields {
			of.Fields = append(of.Fields, config.Field(f))
		}
		all = append(all, of)
	}
	return all
}

// platformNamed is the platform that a context names, which the configuration
// has checked.
func platformNamed(name string) platform.Platform {
	for _, p := range platforms {
		if p.Name == name {
			return p
		}
	}
	return platform.Platform{Name: name}
}

// addressOf is where a context is, in words.
func addressOf(x config.Context) string {
	if where := platformNamed(x.Platform).Where; x.URL == "" && where != nil {
		return where(x.Extra)
	}
	return x.URL
}

// whoOf says in words who one is in a context, without any secret.
func whoOf(x config.Context) string {
	if who := platformNamed(x.Platform).Who; who != nil {
		return cmp.Or(who(x.Extra), x.Auth.Who())
	}
	return x.Auth.Who()
}

// loadConfig reads what the person has said; what is wrong with it is a wrong
// use of the command.
func loadConfig(o config.Options) (config.Config, error) {
	o.Platforms = configPlatforms()
	c, err := config.Load(o)
	if err != nil {
		return config.Config{}, usageError{err}
	}
	if _, err := keysOf(c); err != nil {
		return config.Config{}, usageError{err}
	}
	return c, nil
}

// keysOf are the keys as the person has changed them.
func keysOf(c config.Config) (*keymap.Map, error) {
	keys := keymap.Default()
	if err := keys.Override(c.Keys); err != nil {
		var fault *keymap.OverrideError
		if errors.As(err, &fault) {
			err = c.Blame("keys."+fault.ID, err)
		}
		return nil, err
	}
	return keys, nil
}
