package server

import (
	"net"
	"os"
	"slices"
	"strings"
)

// allowedHosts tells whether a server that asks nobody who they are may be
// called by a name: those given, else the name and addresses of the machine. A
// page of another site reaches it by a name of its own otherwise.
func allowedHosts(listen string, given []string) func(host string) bool {
	names := given
	if len(names) == 0 {
		names = ownNames(listen)
	}
	return func(host string) bool {
		ip := net.ParseIP(host)
		return slices.ContainsFunc(names, func(name string) bool {
			if other := net.ParseIP(name); ip != nil && other != nil {
				return ip.Equal(other)
			}
			return strings.EqualFold(name, host)
		})
	}
}

func ownNames(listen string) []string {
	names := []string{"localhost"}
	if host, _, err := net.SplitHostPort(listen); err == nil && host != "" {
		names = append(names, host)
	}
	if name, err := os.Hostname(); err == nil {
		names = append(names, name)
	}
	addresses, _ := net.InterfaceAddrs() // without them the names are left
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok {
			names = append(names, network.IP.String())
		}
	}
	return names
}
