// SPDX-License-Identifier: GPL-2.0-only
// Native reference: same semantics as the JS designs. Built as N-API addon (in-process, interleaved) 
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <stdio.h>
#include <assert.h>

#define NOINLINE __attribute__((noinline))
static uint64_t tcpu(void){struct timespec t;clock_gettime(CLOCK_THREAD_CPUTIME_ID,&t);return t.tv_sec*1000000000ull+t.tv_nsec;}

/* ---------- arena ---------- */
typedef struct {
  uint32_t nfn, sh; /* sh: log2(dwords per fn) : 10 for 4KiB */
  uint32_t *cfg, *wm, *w1c, *sticky, *rst; uint8_t *hook; uint32_t *tb; /* tb: dword base of type template */
  uint32_t hookcnt;
} arena_t;
static arena_t A;

static NOINLINE void on_hook(arena_t*a,uint32_t fn,uint32_t off,uint32_t old,uint32_t nv,uint32_t h){
  if(((old^nv)>>22)&1) a->hookcnt++;
}
static inline uint32_t a_r4(arena_t*a,uint32_t fn,uint32_t off){return a->cfg[(fn<<a->sh)+(off>>2)];}
static inline uint32_t a_r2(arena_t*a,uint32_t fn,uint32_t off){return ((uint16_t*)a->cfg)[(fn<<(a->sh+1))+(off>>1)];}
static inline uint32_t a_r1(arena_t*a,uint32_t fn,uint32_t off){return ((uint8_t*)a->cfg)[(fn<<(a->sh+2))+off];}
static inline void a_w4(arena_t*a,uint32_t fn,uint32_t off,uint32_t v){
  uint32_t i=(fn<<a->sh)+(off>>2), t=a->tb[fn]+(off>>2);
  uint32_t old=a->cfg[i],m=a->wm[t];
  uint32_t nv=((old&~m)|(v&m))&~(v&a->w1c[t]);
  a->cfg[i]=nv;
  if(__builtin_expect(a->hook[t],0)) on_hook(a,fn,off,old,nv,a->hook[t]);
}
static inline void a_wbe(arena_t*a,uint32_t fn,uint32_t off,uint32_t v,uint32_t be){
  uint32_t i=(fn<<a->sh)+(off>>2), t=a->tb[fn]+(off>>2);
  uint32_t s=(off&3)*8; v<<=s; be<<=s;
  uint32_t old=a->cfg[i],m=a->wm[t]&be;
  uint32_t nv=((old&~m)|(v&m))&~(v&a->w1c[t]&be);
  a->cfg[i]=nv;
  if(__builtin_expect(a->hook[t],0)) on_hook(a,fn,off,old,nv,a->hook[t]);
}
static int32_t SB[1024];
static NOINLINE uint32_t run_arena(arena_t*a,const int32_t*tr,uint32_t n,uint32_t s){
  for(uint32_t k=0;k<n;k++){
    uint32_t op=tr[2*k],v=tr[2*k+1]; uint32_t fn=op>>16,off=(op>>4)&0xfff;
    switch(op&7){
      case 0: SB[k&1023]=a_r1(a,fn,off);break;
      case 1: a_wbe(a,fn,off,v,0xff);break;
      case 2: SB[k&1023]=a_r2(a,fn,off);break;
      case 3: a_wbe(a,fn,off,v,0xffff);break;
      case 4: SB[k&1023]=a_r4(a,fn,off);break;
      case 5: a_w4(a,fn,off,v);break;
    }
  }
  return s;
}

#define LOOPK(name,body) static NOINLINE void name(arena_t*a,const int32_t*tr,uint32_t n){ for(uint32_t k=0;k<n;k++){ uint32_t op=tr[2*k],v=tr[2*k+1]; uint32_t fn=op>>16,off=(op>>4)&0xfff; (void)v; body; } }
LOOPK(k_R4,SB[k&1023]=a_r4(a,fn,off)) LOOPK(k_R2,SB[k&1023]=a_r2(a,fn,off)) LOOPK(k_R1,SB[k&1023]=a_r1(a,fn,off)) LOOPK(k_W4,a_w4(a,fn,off,v)) LOOPK(k_W2,a_wbe(a,fn,off,v,0xffff)) LOOPK(k_W1,a_wbe(a,fn,off,v,0xff)) LOOPK(k_E,SB[k&1023]=fn^off^v)
/* ---------- trace decode baseline ---------- */
static NOINLINE uint32_t run_empty(arena_t*a,const int32_t*tr,uint32_t n,uint32_t s){
  for(uint32_t k=0;k<n;k++){
    uint32_t op=tr[2*k],v=tr[2*k+1]; uint32_t fn=op>>16,off=(op>>4)&0xfff;
    switch(op&7){
      case 0: SB[k&1023]=(fn^off);break; case 1: SB[k&1023]=(fn^v);break; case 2: SB[k&1023]=(fn+off);break;
      case 3: SB[k&1023]=(off^v);break; case 4: SB[k&1023]=(fn*off);break; case 5: SB[k&1023]=(off*v);break;
    }
  }
  return s;
}
/* ---------- QEMU-like per-device ---------- */
typedef struct dev pdev_t;
struct dev { uint8_t *config,*wmask,*w1cmask,*cmask; 
  void (*config_write)(pdev_t*,uint32_t,uint32_t,int); uint32_t (*config_read)(pdev_t*,uint32_t,int); uint32_t type; uint32_t hookcnt; arena_t*a; uint32_t fn;};
static pdev_t *D; 
static NOINLINE uint32_t q_read(pdev_t*d,uint32_t addr,int len){ uint32_t v=0; memcpy(&v,d->config+addr,len); return v;}
static NOINLINE void q_defwrite(pdev_t*d,uint32_t addr,uint32_t val,int l){
  for(int i=0;i<l;val>>=8,++i){
    uint8_t wmask=d->wmask[addr+i],w1=d->w1cmask[addr+i];
    assert(!(wmask&w1));
    d->config[addr+i]=(d->config[addr+i]&~wmask)|(val&wmask);
    d->config[addr+i]&=~(val&w1);
  }
}
static void q_brwrite(pdev_t*d,uint32_t addr,uint32_t val,int l){
  uint16_t old; memcpy(&old,d->config+0x3e,2);
  q_defwrite(d,addr,val,l);
  if(addr<0x40&&addr+l>0x3e){uint16_t nw; memcpy(&nw,d->config+0x3e,2); if((old^nw)&0x40) d->a->hookcnt++;}
}
static NOINLINE uint32_t run_qemu(arena_t*a,const int32_t*tr,uint32_t n,uint32_t s){
  for(uint32_t k=0;k<n;k++){
    uint32_t op=tr[2*k],v=tr[2*k+1]; uint32_t fn=op>>16,off=(op>>4)&0xfff; pdev_t*d=&D[fn];
    int len=1<<((op>>1)&3);
    if(op&1) d->config_write(d,off,v,len); else SB[k&1023]=d->config_read(d,off,len);
  }
  return s;
}

/* ---------- napi ---------- */
#define OK(x) do{ if((x)!=napi_ok){napi_throw_error(env,NULL,#x);return NULL;} }while(0)
static void* buf(napi_env env,napi_value v,size_t*len){ void*p=0;napi_get_typedarray_info(env,v,NULL,len,&p,NULL,NULL); return p;}
// init(nfn, sh, cfg, wm, w1c, sticky, rst, hook, tb, isBridgeType) copies to native memory
static napi_value Init(napi_env env,napi_callback_info info){
  size_t argc=10; napi_value v[10]; OK(napi_get_cb_info(env,info,&argc,v,NULL,NULL));
  uint32_t nfn,sh; OK(napi_get_value_uint32(env,v[0],&nfn)); OK(napi_get_value_uint32(env,v[1],&sh));
  size_t l; void*p;
  free(A.cfg);free(A.wm);free(A.w1c);free(A.sticky);free(A.rst);free(A.hook);free(A.tb); free(D);
  A.nfn=nfn;A.sh=sh;A.hookcnt=0;
  size_t bytes=(size_t)nfn<<(sh+2);
  p=buf(env,v[2],&l); A.cfg=aligned_alloc(4096,bytes); memcpy(A.cfg,p,bytes);
  p=buf(env,v[3],&l); size_t tl=l*4; A.wm=malloc(tl); memcpy(A.wm,p,tl);
  p=buf(env,v[4],&l); A.w1c=malloc(tl); memcpy(A.w1c,p,tl);
  p=buf(env,v[5],&l); A.sticky=malloc(tl); memcpy(A.sticky,p,tl);
  p=buf(env,v[6],&l); A.rst=malloc(tl); memcpy(A.rst,p,tl);
  p=buf(env,v[7],&l); A.hook=malloc(l); memcpy(A.hook,p,l);
  p=buf(env,v[8],&l); A.tb=malloc(l*4); memcpy(A.tb,p,l*4);
  uint8_t*isb=buf(env,v[9],&l);
  D=calloc(nfn,sizeof *D);
  for(uint32_t i=0;i<nfn;i++){pdev_t*d=&D[i]; d->config=(uint8_t*)A.cfg+((size_t)i<<(sh+2)); d->wmask=(uint8_t*)(A.wm+A.tb[i]); d->w1cmask=(uint8_t*)(A.w1c+A.tb[i]);
    d->config_read=q_read; d->config_write=isb[i]?q_brwrite:q_defwrite; d->a=&A; d->fn=i;}
  return NULL;
}
// run(variant, traceInt32, n, reps) -> [ns, checksum, hookcnt]
static napi_value Run(napi_env env,napi_callback_info info){
  size_t argc=4; napi_value v[4]; OK(napi_get_cb_info(env,info,&argc,v,NULL,NULL));
  uint32_t var,n,reps; OK(napi_get_value_uint32(env,v[0],&var)); size_t l; int32_t*tr=buf(env,v[1],&l);
  OK(napi_get_value_uint32(env,v[2],&n)); OK(napi_get_value_uint32(env,v[3],&reps));
  uint32_t s=0; uint64_t t0=tcpu();
  for(uint32_t r=0;r<reps;r++) { if(var>=10){ switch(var){case 10:k_R4(&A,tr,n);break;case 11:k_R2(&A,tr,n);break;case 12:k_R1(&A,tr,n);break;case 13:k_W4(&A,tr,n);break;case 14:k_W2(&A,tr,n);break;case 15:k_W1(&A,tr,n);break;default:k_E(&A,tr,n);} } else s= var==0?run_arena(&A,tr,n,s): var==1?run_qemu(&A,tr,n,s): run_empty(&A,tr,n,s); }
  uint64_t t1=tcpu(); s=2166136261u; for(int i=0;i<1024;i++) s=(s^(uint32_t)SB[i])*16777619u;
  napi_value arr,x; napi_create_array(env,&arr);
  napi_create_double(env,(double)(t1-t0),&x); napi_set_element(env,arr,0,x);
  napi_create_uint32(env,s,&x); napi_set_element(env,arr,1,x);
  napi_create_uint32(env,A.hookcnt,&x); napi_set_element(env,arr,2,x);
  return arr;
}
static napi_value Hash(napi_env env,napi_callback_info info){
  uint32_t h=2166136261u; size_t n=(size_t)A.nfn<<A.sh; for(size_t i=0;i<n;i++) h=(h^A.cfg[i])*16777619u; napi_value x; napi_create_uint32(env,h,&x); return x;
}
static napi_value Tcpu(napi_env env,napi_callback_info info){ napi_value x; napi_create_double(env,(double)tcpu(),&x); return x;}
static napi_value R4(napi_env env,napi_callback_info info){
  size_t argc=2; napi_value v[2]; napi_get_cb_info(env,info,&argc,v,NULL,NULL); uint32_t fn,off; napi_get_value_uint32(env,v[0],&fn); napi_get_value_uint32(env,v[1],&off);
  napi_value x; napi_create_uint32(env,a_r4(&A,fn,off),&x); return x;}
#include "pcic_algo.c"
static napi_value InitM(napi_env env,napi_value ex){
  napi_property_descriptor d[]={{"init",0,Init,0,0,0,napi_default,0},{"run",0,Run,0,0,0,napi_default,0},{"tcpu",0,Tcpu,0,0,0,napi_default,0},{"hash",0,Hash,0,0,0,napi_default,0},{"r4",0,R4,0,0,0,napi_default,0},ALGO_EXPORTS};
  napi_define_properties(env,ex,sizeof d/sizeof*d,d); return ex;
}
NAPI_MODULE(pcic,InitM)
