// Package form is a box that asks for some lines of text.
package form
