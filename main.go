// Command drey is a console for Flink platforms, and the server behind it.
package main

func main() {}
