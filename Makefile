# make help lists what there is to make.
#
# BUILD picks the variant: release (default), debug (default of check), asan, tsan, coverage, fuzz.
# Objects and tests of a variant are in build/<variant>/; the release binaries are build/weir and
# build/weir-blast, those of another variant build/<variant>/weir and build/<variant>/weir-blast.

empty :=
space := $(empty) $(empty)

ifneq ($(filter check% bench%,$(MAKECMDGOALS)),)
BUILD  ?= $(if $(filter bench%,$(MAKECMDGOALS)),release,debug)
endif
BUILD  ?= release
ROOT   ?= build
OUT    := $(ROOT)/$(BUILD)
GEN    := $(ROOT)/gen
BIN    := $(if $(filter release,$(BUILD)),$(ROOT),$(OUT))

VERSION := 0.1.0
CC      ?= gcc
AR      := gcc-ar
STD     := -std=c11 -D_GNU_SOURCE
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla \
           -Wswitch-enum -Wformat=2 -Wundef
HARDEN  := -fstack-protector-strong -fno-omit-frame-pointer

FLAGS_debug    := -Og -g3
FLAGS_release  := -O2 -g -flto=auto -D_FORTIFY_SOURCE=2 -fPIE
FLAGS_asan     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan     := -O1 -g -fsanitize=thread
FLAGS_coverage := -O0 -g --coverage
FLAGS_fuzz     := -O1 -g -fsanitize=fuzzer-no-link,address,undefined
ifndef FLAGS_$(BUILD)
$(error BUILD=$(BUILD)? It is one of release debug asan tsan coverage fuzz)
endif
ifeq ($(BUILD),fuzz)
CC := clang
AR := ar
endif
LDFLAGS_release := -pie -Wl,-z,relro,-z,now

CFLAGS  ?=
WERROR  ?=
ALL_CFLAGS = $(STD) $(WARN) $(if $(WERROR),-Werror) $(HARDEN) $(FLAGS_$(BUILD)) \
             -I. -I$(GEN) -DWEIR_VERSION='"$(VERSION)"' $(CFLAGS)
LINK    = $(CC) $(FLAGS_$(BUILD)) $(LDFLAGS_$(BUILD)) $(LDFLAGS)

# --- layers, lowest first: a folder may include only itself and those it uses -----------------
LAYERS  := parsers metrics templatestore collector
USES_parsers       :=
USES_metrics       :=
USES_templatestore := parsers
USES_collector     := parsers metrics templatestore

# What needs no library goes on without them; the rest says at once which packages are missing.
NO_BUILD := deps demo test test-long clean help layers registry format format-check
ifneq ($(filter-out $(NO_BUILD),$(or $(MAKECMDGOALS),all)),)
LACKING := $(shell pkg-config --exists libuv libnats jansson libmicrohttpd libpcap 2>/dev/null || \
                   packaging/install-deps --check build 2>&1)
ifneq ($(LACKING),)
$(error $(LACKING). `make deps` installs them)
endif
endif

PKGS        := libuv libnats jansson libmicrohttpd
PKG_CFLAGS  := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
# LIBS_<layer>: what its objects need from outside; the test binary of a layer links no more.
LIBS_parsers       :=
LIBS_metrics       := -lmicrohttpd -lpthread
LIBS_templatestore :=
LIBS_collector     := -lmicrohttpd -luv -lnats -ljansson -lpcap -lpthread -lm
CHECK_LIBS  = $(shell pkg-config --libs check)

src      = $(sort $(filter-out collector/blast/%,$(wildcard $(1)/*.c $(1)/*/*.c)))
obj      = $(patsubst %.c,$(OUT)/%.o,$(1))
lib      = $(patsubst %,$(OUT)/lib%.a,$(1))
suites   = $(filter-out tests/$(1)/main.c,$(call src,tests/$(1)))

DAEMON  := $(call obj,$(filter-out collector/main.c,$(call src,collector)))
BLAST   := $(sort $(wildcard collector/blast/*.c))
SUPPORT := $(call src,tests/support)
SOURCES := $(foreach l,$(LAYERS),$(call src,$(l))) $(BLAST)
TESTED  := $(SUPPORT) $(foreach l,$(LAYERS) fuzz bench,$(call src,tests/$(l)))
HEADERS := $(wildcard $(LAYERS:%=%/*.h) collector/*/*.h tests/*/*.h)

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all
all: $(BIN)/weir $(BIN)/weir-blast ## build build/weir and build/weir-blast (BUILD=... for a variant)

$(BIN)/weir: $(OUT)/collector/main.o $(DAEMON) $(call lib,templatestore metrics parsers)
	@echo "  LINK  $@"
	@mkdir -p $(@D) && $(LINK) -o $@ $^ $(LIBS_collector)

$(BIN)/weir-blast: $(call obj,$(BLAST))
	@echo "  LINK  $@"
	@mkdir -p $(@D) && $(LINK) -o $@ $^ -lm

define layer
$(OUT)/lib$(1).a: $(call obj,$(call src,$(1)))
	@echo "  AR    $$@"
	@rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach l,$(filter-out collector,$(LAYERS)),$(eval $(call layer,$(l))))
$(OUT)/libcollector.a: $(DAEMON)
	@echo "  AR    $@"
	@rm -f $@ && $(AR) rcs $@ $^
$(OUT)/libblast.a: $(call obj,$(filter-out collector/blast/main.c,$(BLAST)))
	@echo "  AR    $@"
	@rm -f $@ && $(AR) rcs $@ $^

$(OUT)/%.o: %.c Makefile | tables
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

# --- tables generated from parsers/registry/*.csv ----------------------------------------------
REGISTRY := $(wildcard parsers/registry/*.csv)
TABLES   := $(GEN)/parsers/ie_iana.def $(GEN)/parsers/ie_vendors.def $(GEN)/parsers/ie_netflow9.def \
            $(GEN)/parsers/sflow_structures.def $(GEN)/parsers/sflow_drop_reasons.def
.PHONY: tables
tables: $(TABLES)
$(GEN)/parsers/%.def: parsers/registry/tables.awk $(REGISTRY)
	@mkdir -p $(@D)
	@awk -v table=$* -f parsers/registry/tables.awk $(filter %/$(subst ie_iana,iana-ipfix,$(subst ie_vendors,vendors,$(subst ie_netflow9,netflow9,$(subst sflow_structures,sflow-structures,$(subst sflow_drop_reasons,sflow-drop-reasons,$*))))).csv,$(REGISTRY)) > $@

# --- tests: the binary of a layer links that layer and those it may use, nothing more -----------
TESTS := $(patsubst tests/%/main.c,%,$(wildcard $(LAYERS:%=tests/%/main.c)))
.PHONY: check
check: $(TESTS:%=check-%) layers registry fuzz-replay ## run every unit test (BUILD=debug|asan|tsan|release|coverage)
# collector's tests also reach into weir-blast's library: a load generator is tested like the rest.
EXTRA_collector = $(OUT)/libblast.a
# The heap calls of weir's own objects pass by tests/collector/test_hotpath.c, which counts them.
WRAP_collector  = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc
define test
$(OUT)/tests/$(1)/run: $(call obj,$(call src,tests/$(1)) $(SUPPORT)) $(call lib,$(1) $(USES_$(1))) $$(EXTRA_$(1))
	@echo "  LINK  $$@"
	@$$(LINK) $$(WRAP_$(1)) -o $$@ $$^ $$(CHECK_LIBS) $$(LIBS_$(1))
.PHONY: check-$(1) tests-$(1)
tests-$(1): $(OUT)/tests/$(1)/run
check-$(1): $(OUT)/tests/$(1)/run
	@$$<
endef
$(foreach t,$(TESTS),$(eval $(call test,$(t))))

FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
.PHONY: fuzz-replay fuzz
fuzz-replay: $(FUZZERS:%=$(OUT)/fuzz/%) ## run the fuzz corpora once, as a test
	@for f in $(FUZZERS); do $(OUT)/fuzz/$$f $$(find tests/data/fuzz/$$f -type f 2>/dev/null) || exit 1; done
ifeq ($(BUILD),fuzz)
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/tests/fuzz/house.o $(call lib,templatestore parsers)
	@mkdir -p $(@D) && $(LINK) -fsanitize=fuzzer -o $@ $^
FUZZ_SECONDS ?= 60
fuzz: $(FUZZERS:%=$(OUT)/fuzz/%) ## BUILD=fuzz: fuzz every target for FUZZ_SECONDS (60), seeded with its corpus
	@for f in $(FUZZERS); do mkdir -p $(OUT)/corpus/$$f; \
	  $(OUT)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=65535 -print_final_stats=1 \
	    -artifact_prefix=$(OUT)/corpus/$$f- $(OUT)/corpus/$$f tests/data/fuzz/$$f || exit 1; done
else
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/tests/fuzz/house.o $(OUT)/tests/fuzz/replay.o $(call lib,templatestore parsers)
	@mkdir -p $(@D) && $(LINK) -o $@ $^
fuzz:
	@echo "fuzzing wants clang's engine: make fuzz BUILD=fuzz"; exit 1
endif

# By the unit tests of these layers alone: what the daemon's tests happen to run proves little here.
COVERED := parsers templatestore
.PHONY: coverage
ifeq ($(BUILD),coverage)
coverage: $(COVERED:%=tests-%)
	@find $(OUT) -name '*.gcda' -exec rm -f {} +
	@for l in $(COVERED); do CK_FORK=no $(OUT)/tests/$$l/run >$(OUT)/$$l.log || { cat $(OUT)/$$l.log; exit 1; }; done
	@tests/support/coverage.sh $(OUT) 95
else
coverage: ## lines that the tests of parsers/ and templatestore/ run; fails below 95 % of parsers/
	@$(MAKE) --no-print-directory BUILD=coverage coverage
endif

.PHONY: golden
golden: $(BIN)/weir ## compare weir decode with the recordings of real exporters in tests/data/golden
	@tests/conformance/golden.py --weir $<

# The corpus is not part of the repository: say where it is.
CORPUS ?= ../shared/corpus
.PHONY: conformance
conformance: $(BIN)/weir ## compare weir decode with a corpus of captures (CORPUS=DIR, ONLY=netflow,ipfix,sflow)
	@tests/conformance/compare.py --weir $< --corpus "$(CORPUS)" $(if $(ONLY),--only $(ONLY))
	@tests/conformance/semantics.py --weir $< --corpus "$(CORPUS)" $(if $(ONLY),--only $(ONLY))

# --- with real programs: what they need is installed first, so make is called anew to find it ----
.PHONY: deps demo run test test-long
deps: ## install the Debian packages that building and testing need (as root, or by sudo)
	@packaging/install-deps build test
demo: ## see it work: real exporters, weir, a local nats-server; ends by itself
	@packaging/install-deps build demo
	@$(MAKE) -s --no-print-directory all
	@E2E_BUILD=$(BIN) tests/e2e/demo.py
run: $(BIN)/weir ## weir with its defaults: UDP 2055, 4739, 6343; flows on stdout; HTTP 127.0.0.1:9985
	@$<
test: ## the test suite: unit tests, sanitizers, fuzz corpora, end to end with real programs
	@packaging/install-deps build test
	@tests/run
test-long: ## load, faults, sanitized daemons, fuzzing: what takes minutes
	@packaging/install-deps build test
	@tests/run --long

# --- what it costs ----------------------------------------------------------------------------
.PHONY: bench bench-blast
bench: $(OUT)/bench/run ## nanoseconds and instructions a record, decoded and written as JSON in memory
	@$<
	@tests/bench/instructions.sh $<
bench-blast: $(OUT)/bench/discard $(BIN)/weir-blast ## how fast weir-blast sends to the loopback network
	@tests/bench/blast.sh $(BIN)/weir-blast $<
$(OUT)/bench/run: $(OUT)/tests/bench/bench.o $(OUT)/libblast.a $(call lib,collector templatestore metrics parsers)
	@echo "  LINK  $@"
	@mkdir -p $(@D) && $(LINK) -o $@ $^
$(OUT)/bench/discard: $(OUT)/tests/bench/discard.o
	@echo "  LINK  $@"
	@mkdir -p $(@D) && $(LINK) -o $@ $^

# --- habits ---------------------------------------------------------------------------------------
.PHONY: layers format format-check lint docs clean help
layers: $(LAYERS:%=layers-%) ## fail if a folder includes one it may not use, or a file a library that is not its own
	@tests/support/libraries.sh
.PHONY: registry
registry: ## fail if the registry's tables would not be refused when they are wrong
	@tests/support/registry.sh
layers-%:
	@! grep -nE '^#include "' $(call src,$*) $(wildcard $*/*.h $*/*/*.h) /dev/null \
	  | grep -vE '#include "($(subst $(space),|,$(strip $* $(USES_$*))))/'

compile_commands.json: Makefile ## for clangd and clang-tidy
	@{ echo '['; sep=; for f in $(SOURCES) $(TESTED); do \
	  printf '%s{"directory":"%s","file":"%s","command":"%s -c %s"}\n' "$$sep" "$(CURDIR)" "$$f" \
	  "$(CC) $(STD) $(WARN) -I. -I$(GEN) -DWEIR_VERSION=\\\\\\\"$(VERSION)\\\\\\\" $(PKG_CFLAGS)" "$$f"; sep=,; done; echo ']'; } > $@

format: ## rewrite every source with clang-format
	@clang-format -i $(SOURCES) $(TESTED) $(HEADERS)
format-check: ## fail if clang-format would change a source
	@clang-format --dry-run --Werror $(SOURCES) $(TESTED) $(HEADERS)
# ctuuninitvar: a decoder's record is filled for every record, and cppcheck cannot see by whom.
lint: compile_commands.json tables layers ## cppcheck, clang-tidy and shellcheck
	@cppcheck -q --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
	  --inline-suppr -I. -I$(GEN) --suppress=missingIncludeSystem \
	  --suppress=ctuuninitvar:parsers/records.c $(SOURCES)
	@printf '%s\n' $(SOURCES) | xargs -n 8 -P "$$(nproc)" clang-tidy --quiet -p .
	@shellcheck $$(git ls-files | xargs grep -lE '^#!.*\b(ba)?sh' --)
docs: $(BIN)/weir $(OUT)/tests/collector/run ## rewrite the generated pages of docs/ (a test fails when they are stale)
	@$< config --markdown > docs/configuration.md
	@WEIR_WRITE_DOCS=1 WEIR_SUITE=meters $(OUT)/tests/collector/run
clean: ## remove build/
	@rm -rf $(ROOT) compile_commands.json
help: ## show this
	@awk -F':.*## ' '/^[a-z_.-]+:.*## /{printf "  %-22s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

-include $(patsubst %.c,$(OUT)/%.d,$(SOURCES) $(TESTED))
