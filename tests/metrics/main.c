#include "tests/support/suite.h"

int main(void)
{
	return suites_run();
}
