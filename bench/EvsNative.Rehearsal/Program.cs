using System.Reflection;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Tests.Cuda;

// Starts the program or the bench on a CUDA device that is not there: kernels become PTX, and the tests' interpreter runs it. What a
// machine with a GPU will be asked is tried this way, step by step, on tiny shapes.
//
//     EvsNative.Rehearsal evsnative doctor --device cuda:0
//     EvsNative.Rehearsal bench gpu --rehearse --device cuda:0
//     EvsNative.Rehearsal --whole bench golden --device cuda:0      no launch is cut short, however long it takes
//     EvsNative.Rehearsal --sm 80 --count bench golden ...          another card; afterwards what every kernel came to
bool isWhole = false, isCounted = false;
int sm = 90;
for (; args is [['-', ..] option, ..]; args = args[1..])
{
    switch (option)
    {
        case "--whole":
            isWhole = true;
            break;
        case "--count":
            isCounted = true;
            break;
        case "--sm" when args.Length > 1 && int.TryParse(args[1], out sm):
            args = args[1..];
            break;
        default:
            Console.Error.WriteLine(
                $"{option}: the options before evsnative or bench are --whole, --count and --sm with a number such as 80");
            return 2;
    }
}

string? program = args.FirstOrDefault() switch
{
    "evsnative" => "evsnative",
    "bench" => "EvsNative.Bench",
    _ => null,
};
if (program is null)
{
    Console.Error.WriteLine("the first word is evsnative or bench, perhaps after options; the others are its own");
    return 2;
}

// What the interpreter calls machine code is nothing for a cache that others use.
if (Environment.GetEnvironmentVariable("EVSNATIVE_CACHE") is null) Environment.SetEnvironmentVariable("EVSNATIVE_CACHE", "off");
// The doctor's measurements of speed would take minutes.
const long MostInstructions = 300_000_000;
using var driver = new InterpretedCudaDriver
{
    Sm = sm,
    Version = 12090,
    TotalBytes = 4L << 30,
    Limit = isWhole ? long.MaxValue : MostInstructions,
    CutsLongLaunches = !isWhole,
};
CudaDriver.Load = () => driver;
int code = (int)Assembly.Load(program).EntryPoint!.Invoke(null, [args[1..]])!;
if (driver.CutLaunches > 0)
    Console.Error.WriteLine($"{driver.CutLaunches} launches were cut short after {MostInstructions / 1_000_000} million instructions");
if (isCounted)
{
    Console.Error.WriteLine($"{"kernel",-100} {"launches",8} {"lane instructions",18}");
    foreach (var (kernel, count) in driver.Executed.OrderByDescending(pair => pair.Value.Executed))
        Console.Error.WriteLine($"{kernel,-100} {count.Launches,8} {count.Executed,18}");
    Console.Error.WriteLine(
        $"{"all",-100} {driver.Executed.Values.Sum(c => c.Launches),8} {driver.Executed.Values.Sum(c => c.Executed),18}");
}

return code;
