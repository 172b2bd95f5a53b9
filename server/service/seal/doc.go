// Package seal keeps secrets unreadable: values are encrypted where they are stored,
// and passwords in the addresses of jars are neither shown nor lost.
package seal
