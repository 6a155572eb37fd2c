using Xunit.Sdk;
using Xunit.v3;

// Each test starts several processes and some of them measure seconds: one after another.
[assembly: Parallelization(Mode = ParallelMode.None)]
