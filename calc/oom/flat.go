package oom

import (
	"regexp"
	"strings"
)

// What logs put around the lines of a program.
var (
	escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")
	margins = regexp.MustCompile(`^(?:` + strings.Join([]string{
		`\s+`,
		`[│┃|╭╰─━>❱]+`,
		`\[(?:default\d+|rank\d+|\d+)\]:?`, // torchrun, DeepSpeed, accelerate
		`\([A-Za-z_]\w*(?: rank=\d+)? pid=\d+[^)]*\)`, // Ray, vLLM
		`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?Z?`,
		`\[?(?:DEBUG|INFO|WARNING|ERROR|CRITICAL|stderr|stdout)\]?:?`,
	}, "|") + `)`)
	right  = regexp.MustCompile(`[\s│┃|]+$`)
	spaces = regexp.MustCompile(`\s+`)
)

// flat puts a text on one line: without colours, without what a log or a frame
// of a pretty traceback puts before and behind each line, joined by joint.
func flat(text, joint string) string {
	text = strings.NewReplacer(`\n`, "\n", `\t`, " ", "\u00a0", " ").Replace(escapes.ReplaceAllString(text, ""))
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimLeft(right.ReplaceAllString(bare(line), ""), " "))
	}
	return spaces.ReplaceAllString(strings.Join(lines, joint), " ")
}

// bare is a line without its margins.
func bare(line string) string {
	for {
		at := margins.FindStringIndex(line)
		if at == nil || at[1] == 0 {
			return line
		}
		line = line[at[1]:]
	}
}
