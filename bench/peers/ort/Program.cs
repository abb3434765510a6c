using System.Globalization;
using EvsNative.Peers;
using Microsoft.ML.OnnxRuntime;

// ONNX Runtime's CPU provider as a peer of the bench: ortpeer THREADS, then one JSON request a line (bench/peers/README.md).
int threads = args is [var said] ? int.Parse(said, CultureInfo.InvariantCulture) : Environment.ProcessorCount;
var peer = new PeerLoop(request =>
    [.. StylesOf(request).Select(style => new Form(style.Name, () => new OrtCall(request, style, threads)))]);
peer.Run($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, {threads} threads, CPU provider, all optimisations");

// Whole networks are written in the forms that won for their operations, since loading one takes a minute: attention of a single wide
// head, the autoencoder's, is faster as two products.
static IEnumerable<OnnxStyle> StylesOf(PeerRequest request) => request.Operation switch
{
    "conv" => [new("blocked channels"), new("im2col", IsBlocked: false)],
    "attention" => [new("MultiHeadAttention"), new("products and softmax", FusedFrom: int.MaxValue)],
    "linear" when request.Text("form") == "geglu" => [new("two Gemm"), new("Gemm and split", HasSplitGate: false)],
    "linear" => [new("Gemm")],
    "group_norm" => [new("LayerNormalization"), new("InstanceNormalization", HasInstanceNorm: true)],
    _ => [new("all optimisations", FusedFrom: 2)],
};
