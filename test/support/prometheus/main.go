// Reads what Prometheus would: "metrics" prints each sample of OpenMetrics text as JSON, "rules" checks a file of alert
// rules and prints their names, "config" checks a configuration. Each reads standard input and ends with 1, saying why,
// for what Prometheus refuses.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql/parser"
)

var quiet = slog.New(slog.DiscardHandler)

var readers = map[string]func([]byte) error{"metrics": readMetrics, "rules": readRules, "config": readConfig}

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = readers[os.Args[1]](text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func readMetrics(text []byte) error {
	entries := textparse.NewOpenMetricsParser(text, labels.NewSymbolTable())
	lines := json.NewEncoder(os.Stdout)
	for {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var names labels.Labels
		_, _, value := entries.Series()
		entries.Labels(&names)
		if err := lines.Encode(map[string]any{"labels": names.Map(), "value": value}); err != nil {
			return err
		}
	}
}

func readRules(text []byte) error {
	groups, problems := rulefmt.Parse(text, false, model.UTF8Validation, parser.NewParser(parser.Options{}), quiet)
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			fmt.Println(rule.Alert)
		}
	}
	return nil
}

func readConfig(text []byte) error {
	_, err := config.Load(string(text), quiet)
	return err
}
