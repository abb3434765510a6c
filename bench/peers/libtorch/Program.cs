using System.Globalization;
using EvsNative.Peers;
using TorchSharp;
using static TorchSharp.torch;

// libtorch as a peer of the bench: libtorchpeer THREADS, then one JSON request a line (bench/peers/README.md).
// libtorchpeer THREADS rate prints the GFLOP/s of a product of 1024^3 and ends: by it the bench finds MKL's best code path.
int threads = args is [var said, ..] ? int.Parse(said, CultureInfo.InvariantCulture) : Environment.ProcessorCount;
set_num_threads(threads);
using var mode = inference_mode();
if (args is [_, "rate"])
{
    Console.WriteLine(ProductRate.Measure().ToString("F1", CultureInfo.InvariantCulture));
    return;
}

string path = Environment.GetEnvironmentVariable("LD_PRELOAD") is { Length: > 0 } ? "MKL as on Intel's processors" : "MKL's own choice";
new PeerLoop(request => [.. StylesOf(request).Select(style => new Form(style.Name, () => new TorchCall(request, style)))])
    .Run($"libtorch {torch.__version__}, {get_num_threads()} threads, {path}");

static IEnumerable<TorchStyle> StylesOf(PeerRequest request) => request.Operation switch
{
    "conv" =>
    [
        new("plain", IsLast: false), new("channels last"), new("packed", IsLast: false, Convs: Packing.OneDnn),
        new("packed, channels last", Convs: Packing.OneDnn),
    ],
    "linear" when request.Text("form") == "geglu" =>
        [.. Linears(), .. Linears().Select(style => style with { Name = $"{style.Name}, two", HasSplitGate = true })],
    "linear" => Linears(),
    "group_norm" => [new("plain", IsLast: false), new("channels last")],
    "attention" or "layer_norm" => [new("plain")],
    _ =>
    [
        new("channels last"), new("packed convs, MKL linears", Convs: Packing.OneDnn, Linears: Packing.Mkl),
        new("packed", Convs: Packing.OneDnn, Linears: Packing.OneDnn),
    ],
};

static IEnumerable<TorchStyle> Linears() =>
    [new("plain"), new("packed by oneDNN", Linears: Packing.OneDnn), new("packed by MKL", Linears: Packing.Mkl)];
