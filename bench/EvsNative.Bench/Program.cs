using EvsNative.Bench;

switch (args)
{
    case ["cpu", .. var rest]:
        CpuTable.Print(rest is [var threads] ? int.Parse(threads) : 0);
        return 0;
    default:
        Console.Error.WriteLine("usage: EvsNative.Bench cpu [threads]     a table of operations: time, GFLOP/s, share of this machine's measured peak");
        return 2;
}
